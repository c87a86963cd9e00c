import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateValue } from '../../../harness/secrets/generate/generate-value.js';
import { findWeakness } from '../../../harness/secrets/weak-value.js';

describe('a secret is too weak', () => {
  test.each([
    ['', 'it is empty'],
    ['changeme', 'it is a word that stands for a secret'],
    ['password123', 'it is one of those that everybody tries first'],
    ['Passw0rd!', 'it is one of those that everybody tries first'],
    ['minioadmin', 'it is one of those that everybody tries first'],
    ['short1X!', '8 characters, 16 are the least'],
    ['aaaaaaaaaaaaaaaaB1', 'it repeats a few characters'],
    ['onlylowercaseletters', '1 of 4 kinds of characters, 3 are the least below 32 characters'],
    ['postgresql://u:devuser@db/x', '7 characters, 16 are the least'],
  ])('%j: %s', (value, reason) => {
    expect(findWeakness(value)).toBe(reason);
  });
});

describe('a secret is strong enough', () => {
  test.each([
    ['a long mixed one', 'vK7-mQ2x_Rt9.zB4w'],
    ['a URL without a password', 'https://example.com/hook'],
    ['a URL with a strong one', 'redis://:vK7-mQ2x_Rt9.zB4w@cache:6379/0'],
    ['a key in PEM', `-----BEGIN ${'PRIVATE'} KEY-----\nMC4CAQ\n-----END ${'PRIVATE'} KEY-----\n`],
    ['a document', '{"type": "service_account"}'],
  ])('%s', (_, value) => {
    expect(findWeakness(value)).toBeUndefined();
  });

  test('whatever the generators make', async () => {
    for (const type of ['hex', 'base64', 'password'] as const)
      for (let round = 0; round < 50; round += 1)
        expect(findWeakness((await generateValue({ type })).value.reveal())).toBeUndefined();
    expect(findWeakness(randomBytes(16).toString('hex'))).toBeUndefined();
  });

  test('no reason holds any part of the secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), (value) => {
        const canary = `Zq${value}`;
        expect(findWeakness(canary) ?? '').not.toContain(canary);
      }),
    );
  });
});
