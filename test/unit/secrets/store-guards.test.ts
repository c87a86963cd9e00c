import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { normaliseKeys } from '../../../harness/secrets/normalise-key.js';
import { guardWrite, type PlannedWrite } from '../../../harness/secrets/store-guards.js';

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function guard(write: Partial<Omit<PlannedWrite, 'value'>> & { value?: string }): string {
  const { value = 'x', ...rest } = write;
  const planned = { service: 'ParameterStore', name: '/shop/prod/db', ...rest } as const;
  return codeOf(() => guardWrite({ ...planned, value: new SecretValue(value) }));
}

describe('what AWS takes and refuses', () => {
  test.for<[string, string]>([
    ['/shop/prod/db', 'accepted'],
    ['plain-name_1.2', 'accepted'],
    [`/${'a/'.repeat(14)}b`, 'accepted'],
    [`/${'a/'.repeat(15)}b`, 'STORE_NAME_INVALID'],
    [`/${'a'.repeat(1010)}`, 'accepted'],
    [`/${'a'.repeat(1011)}`, 'STORE_NAME_INVALID'],
    ['shop/prod', 'STORE_NAME_INVALID'],
    ['/shop//prod', 'STORE_NAME_INVALID'],
    ['/shop/', 'STORE_NAME_INVALID'],
    ['/AWS-own/x', 'STORE_NAME_INVALID'],
    ['ssm', 'STORE_NAME_INVALID'],
    ['/shop/ä', 'STORE_NAME_INVALID'],
    ['/shop/a b', 'STORE_NAME_INVALID'],
    ['', 'STORE_NAME_INVALID'],
  ])('the name of a parameter: %s', ([name, expected]) => {
    expect(guard({ name })).toBe(expected);
  });

  test('a secret of Secrets Manager may be named otherwise', () => {
    expect(guard({ service: 'SecretsManager', name: 'shop/prod+1@x=y' })).toBe('accepted');
    expect(guard({ service: 'SecretsManager', name: 'shop prod' })).toBe('STORE_NAME_INVALID');
  });

  test('sizes count in bytes, by tier', () => {
    const tooLarge = 'STORE_VALUE_TOO_LARGE';
    expect(guard({ value: 'ü'.repeat(2048) })).toBe('accepted');
    expect(guard({ value: `${'ü'.repeat(2048)}x` })).toBe(tooLarge);
    expect(guard({ value: 'x'.repeat(8192), tier: 'Advanced' })).toBe('accepted');
    expect(guard({ value: 'x'.repeat(8193), tier: 'Advanced' })).toBe(tooLarge);
    expect(guard({ value: 'x'.repeat(65_536), service: 'SecretsManager' })).toBe('accepted');
    expect(guard({ value: 'x'.repeat(65_537), service: 'SecretsManager' })).toBe(tooLarge);
  });

  test('values that no store or no process can hold', () => {
    for (const value of ['', 'a\0b', '\ud800', '{{ssm:/other}}', 'a {{b}} c']) {
      expect(guard({ value })).toBe('STORE_VALUE_INVALID');
    }
    expect(guard({ value: '{{b}}', service: 'SecretsManager' })).toBe('accepted');
    expect(guard({ value: '{"a": {"b": 1}}' })).toBe('accepted');
  });

  test('a type that is there can’t become another', () => {
    expect(guard({ presentType: 'String', type: 'SecureString' })).toBe('STORE_TYPE_CHANGE');
    expect(guard({ presentType: 'String', type: 'String' })).toBe('accepted');
    expect(guard({ presentType: 'String' })).toBe('accepted');
  });
});

describe('names of variables as names of parameters', () => {
  test('what is accepted is lower_underscore, and two are never one', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'A', 'b', '_', '1', '-', '.') })),
        (names) => {
          const outcome = codeOf(() => normaliseKeys(names));
          const isOdd = names.some((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name));
          const isCollision = new Set(names.map((name) => name.toLowerCase())).size < names.length;
          expect(outcome).toBe(isOdd ? 'KEY_NOT_NORMAL' : isCollision ? 'KEY_COLLISION' : 'accepted');
          if (outcome !== 'accepted') return;
          for (const [name, key] of normaliseKeys(names)) expect(key).toBe(name.toLowerCase());
        },
      ),
    );
  });
});
