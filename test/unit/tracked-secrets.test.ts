import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runCommand } from '../../harness/exec/run-command.js';
import { findTokenShape } from '../../harness/validate/plain-secrets/token-shapes.js';

/** Tests speak of databases, whose addresses hold passwords; none of these is one of anything that runs. */
function isSample(file: string, what: string): boolean {
  return file.startsWith('test/') && what === 'a URL with a password';
}

test('no file of the repository holds a credential', async ({ skip }) => {
  const listed = await runCommand('git', ['ls-files', '-z']).catch(() => undefined);
  if (listed === undefined) return skip('this is no git checkout');
  const files = listed.stdout.split('\0').filter((file) => file !== '');
  const found: string[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.includes('\0')) continue;
    for (const [index, line] of text.split('\n').entries()) {
      const what = findTokenShape(line);
      if (what !== undefined && !isSample(file, what)) found.push(`${file}:${index + 1} ${what}`);
    }
  }
  expect(found).toEqual([]);
});

test('a credential in a file would be found', () => {
  const token = ['gh', 'p_', 'a1B2c3D4e5'.repeat(4)].join('');
  expect(findTokenShape(`const token = '${token}';`)).toBe('a GitHub token');
});
