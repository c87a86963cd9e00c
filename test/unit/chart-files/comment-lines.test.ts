import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commentsAbove, findCommentLines } from '../../../scripts/chart-files/comment-lines.js';

describe('comment lines of a values file', () => {
  it('are found with their line, at any depth', () => {
    const comments = findCommentLines('# one\na:\n  # two\n  b: 1 # beside a value\n');
    expect([...comments.values()]).toEqual([
      { line: 1, text: ' one' },
      { line: 3, text: ' two' },
    ]);
  });

  it('are not the lines of a block of text that begin with #', () => {
    const comments = findCommentLines('a: |\n  # text\n  more\n# real\nb: "x\n  # text too"\n');
    expect([...comments.values()]).toEqual([{ line: 4, text: ' real' }]);
  });

  it('belong to the key directly below them, and an empty line parts them from it', () => {
    const comments = findCommentLines('# far\n\n# near\n# nearer\na: 1\n');
    expect(commentsAbove(comments, 5).map(({ text }) => text)).toEqual([' near', ' nearer']);
    expect(commentsAbove(comments, 3)).toEqual([]);
  });

  it('are told from text, whatever lines are mixed', () => {
    const line = fc.constantFrom('# comment', 'key: 1', 'text: |', '  # in text', '', '  inner: 2 # beside');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const expected = lines.flatMap((text, index) => (text === '# comment' ? [index + 1] : []));
        const found = [...findCommentLines(`${lines.join('\n')}\n`).keys()];
        const indented = lines.flatMap((text, index) => (text === '  # in text' ? [index + 1] : []));
        expect(found.filter((at) => !indented.includes(at))).toEqual(expected);
      }),
    );
  });
});
