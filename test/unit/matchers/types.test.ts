import { expect, test } from 'vitest';
import '../../../harness/vitest.js';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { failureText } from '../../helpers/failure-text.js';

test('the arguments of matchers are checked by the compiler', async () => {
  // Whether these lines are type errors is what `tsc` checks: an expected one that is none fails it.
  const wrong = [
    // @ts-expect-error a selector is a text or an object
    () => expect([]).toHaveManifest(3),
    // @ts-expect-error there is no such matcher
    () => expect([]).toHaveManifset('Job'),
    // @ts-expect-error a pattern is no name of a source
    () => expect([]).toHaveEnvFrom('Deployment/web', /config/u),
    // @ts-expect-error a release is compared with another one
    () => expect([]).toRenderSameAs('other'),
  ];
  for (const call of wrong) expect(await failureText(call)).not.toBe('');
});

test('secrets are equal in an assertion only when they are the same', () => {
  expect({ a: new SecretValue('x') }).toEqual({ a: new SecretValue('x') });
  expect({ a: new SecretValue('x') }).not.toEqual({ a: new SecretValue('y') });
});
