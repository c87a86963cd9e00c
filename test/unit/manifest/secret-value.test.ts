import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecretValue } from '../../../harness/manifest/secret-value.js';

test('a secret is printed as <hidden> whichever way it is printed', () => {
  const secret = new SecretValue('s3cr3t-value');
  const printed = [
    String(secret),
    `${secret}`,
    secret.toString(),
    JSON.stringify({ secret }),
    inspect({ nested: { secret } }, { depth: 9, showHidden: true }),
    format('%s %o %j', secret, secret, secret),
    Object.keys(secret).join(),
  ].join('\n');
  expect(printed).not.toContain('s3cr3t');
  expect(String(secret)).toBe('<hidden>');
});

test('no printing of any secret shows it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 9 }), (text) => {
      const secret = new SecretValue(text);
      expect(`${inspect([secret])}${JSON.stringify([secret])}${secret}`).toBe(
        '[ <hidden> ]["<hidden>"]<hidden>',
      );
      expect(secret.reveal()).toBe(text);
      expect(secret.length).toBe(text.length);
    }),
  );
});

test('two secrets can be compared without revealing them', () => {
  expect(new SecretValue('a').equals(new SecretValue('a'))).toBe(true);
  expect(new SecretValue('a').equals(new SecretValue('b'))).toBe(false);
});
