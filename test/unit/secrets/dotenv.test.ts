import { parse as parseByNode } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { indexDotenv, parseDotenv } from '../../../harness/secrets/dotenv.js';
import { formatDotenvEntry, updateDotenv } from '../../../harness/secrets/format-dotenv.js';

function read(text: string): Record<string, string> {
  return Object.fromEntries(
    [...indexDotenv(parseDotenv(text))].map(([name, value]) => [name, value.reveal()]),
  );
}

const PEM = `-----BEGIN ${'PRIVATE'} KEY-----\nMIIEvQIBADANBg+/=\n-----END ${'PRIVATE'} KEY-----\n`;

describe('reading a dotenv file', () => {
  test.for<[string, string, Record<string, string>]>([
    ['plain values, trimmed', 'A=1\nB = two words \n', { A: '1', B: 'two words' }],
    ['an empty value', 'A=\nB=""\n', { A: '', B: '' }],
    ['comments and empty lines', '# A=1\n\n  # more\nB=2 # why\nC=a#b\nD=#\n', { B: '2', C: 'a#b', D: '' }],
    ['export', 'export A=1\n  export\tB=2', { A: '1', B: '2' }],
    ['single quotes as they stand', 'A=\'x # \\n $HOME "y"\' # why', { A: 'x # \\n $HOME "y"' }],
    ['double quotes with escapes', 'A="x\\ny\\t\\"z\\" \\$HOME \\d \\\\"', { A: 'x\ny\t"z" $HOME \\d \\' }],
    ['backquotes', 'A=`it\'s "so"`', { A: 'it\'s "so"' }],
    ['several lines', `KEY="${PEM}"\nNEXT='a\nb'\nLAST=1`, { KEY: PEM, NEXT: 'a\nb', LAST: '1' }],
    ['CRLF, also inside of quotes', 'A=1\r\nB="x\r\ny"\r\n# c\r\nC=3', { A: '1', B: 'x\ny', C: '3' }],
    ['a byte-order mark', '\uFEFFA=1', { A: '1' }],
    [
      'an equals sign in the value',
      'URL=postgresql://u:p=w@db/x?a=b',
      { URL: 'postgresql://u:p=w@db/x?a=b' },
    ],
    ['of a name that comes twice, the last', 'A=1\nA=2', { A: '2' }],
    ['no expansion', 'A=${B}\nB="${C}"', { A: '${B}', B: '${C}' }],
  ])('%s', ([, text, expected]) => {
    expect(read(text)).toEqual(expected);
  });

  test.for<[string, string, number]>([
    ['a line without an equals sign', 'A=1\nhunter2-the-secret\n', 2],
    ['a name that none may have', '1A=hunter2-the-secret', 1],
    ['a quote that is not closed, at the line where it opens', 'A=1\nB="hunter2-the-secret\nC=3\n', 2],
    ['text after the closing quote', 'A="x" hunter2-the-secret', 1],
  ])('refuses %s, and shows nothing of it', ([, text, line]) => {
    const refusal = (): unknown => parseDotenv(text, 'prod.env');
    expect(refusal).toThrow(expect.objectContaining({ code: 'DOTENV_SYNTAX', exitCode: 2 }));
    expect(refusal).toThrow(`prod.env:${line}: `);
    expect(refusal).not.toThrow(/hunter2/u);
  });

  test('every entry tells its line', () => {
    const lines = parseDotenv('# c\nA="x\ny"\n\nB=1').map(({ name, line }) => `${name} ${line}`);
    expect(lines).toEqual(['A 2', 'B 5']);
  });
});

describe('writing a dotenv file', () => {
  const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/u);
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('a', ' ', "'", '"', '`', '\\', '$', '{', '#', '=', '\n', '\r', '\t', 'ü'),
    }),
  );

  test('what is written is read back to the byte, whatever is in it', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value), (values) => {
        const text = Object.entries(values).map(([key, one]) => formatDotenvEntry(key, new SecretValue(one)));
        expect(read(text.join('\n'))).toEqual({ ...values });
      }),
      { numRuns: 500 },
    );
  });

  test('Node’s dotenv reads the same, where a value has no escapes', () => {
    fc.assert(
      fc.property(name, value, (key, one) => {
        fc.pre(!/['\r]/u.test(one));
        const text = formatDotenvEntry(key, new SecretValue(one));
        expect(parseByNode(text)).toEqual({ [key]: one });
      }),
      { numRuns: 500 },
    );
  });

  test('a change keeps everything else to the byte', () => {
    const text = '# head\nA=1 # one\nexport B="x\ny"\n\nC=3';
    const changes = new Map([
      ['B', new SecretValue('new value')],
      ['D', new SecretValue('4')],
    ]);
    expect(updateDotenv(text, changes)).toBe("# head\nA=1 # one\nexport B='new value'\n\nC=3\nD=4\n");
    expect(updateDotenv(text, new Map([['A', undefined]]))).toBe('# head\nexport B="x\ny"\n\nC=3');
  });

  test('any changes give exactly the values that are wanted', () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, value),
        fc.dictionary(name, fc.option(value, { nil: undefined })),
        (before, changes) => {
          const lines = Object.entries(before).map(([key, one]) =>
            formatDotenvEntry(key, new SecretValue(one)),
          );
          const wanted = new Map(
            Object.entries(changes).map(([key, one]) => [
              key,
              one === undefined ? one : new SecretValue(one),
            ]),
          );
          const expected = Object.entries({ ...before, ...changes }).filter(([, one]) => one !== undefined);
          expect(read(updateDotenv(lines.join('\n'), wanted))).toEqual(Object.fromEntries(expected));
        },
      ),
      { numRuns: 500 },
    );
  });
});
