import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { DotenvStore } from '../../../harness/secrets/dotenv-store.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

test.each(['canary-text', '{"A": canary-broken}', '["canary-list"]', 'null'])(
  'a dotenv file takes no text as a whole, and the refusal shows nothing of it: %s',
  async (text) => {
    const file = join(await makeTempFolder({ 'app.env': 'A=1\n' }), 'app.env');
    const failure = await new DotenvStore(file)
      .put('all', new SecretValue(text))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'STORE_REFUSED' });
    expect(String(failure)).not.toContain('canary');
    expect(await readFile(file, 'utf8')).toBe('A=1\n');
  },
);

test('a dotenv file takes variables by name', async () => {
  const file = join(await makeTempFolder({ 'app.env': 'A=1\n' }), 'app.env');
  await new DotenvStore(file).put('all', new SecretValue('{"A": "1", "B": "two words"}'));
  expect(await readFile(file, 'utf8')).toMatch(/^A=1\nB=.*two words.*\n$/u);
});
