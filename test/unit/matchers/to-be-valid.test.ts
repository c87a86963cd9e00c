import { expect, test } from 'vitest';
import { parseManifests } from '../../../harness/manifest/parse-manifests.js';
import '../../../harness/vitest.js';
import { failureText } from '../../helpers/failure-text.js';

const broken = parseManifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: a, envFrom: [{secretRef: {name: gone}}]}]}
`);

test('hold for a release without findings, and with what exists outside of it', async () => {
  await expect(broken).toBeValid({ externals: { secrets: ['gone'] } });
  await expect(broken).not.toBeValid();
  await expect(broken).toHaveIssue('dangling-reference');
  await expect(broken).toHaveIssue({
    rule: 'dangling-reference',
    object: 'Deployment/web',
    severity: 'error',
    message: /gone/u,
  });
  await expect(broken).not.toHaveIssue({ rule: 'dangling-reference', object: 'Deployment/api' });
  await expect(broken).not.toHaveIssue('dangling-reference', { externals: { secrets: ['gone'] } });
});

test('toBeValid fails with each finding, its place and its remedy', async () => {
  const text = await failureText(() => expect(broken).toBeValid());
  expect(text).toMatch(
    /^expected a valid release, but there is a finding\n\nerror .*gone.* \[dangling-reference\]/u,
  );
  expect(text).toContain('in Deployment/web /spec/template/spec/containers/0/envFrom/0');
  expect(text).toContain('  → ');
});

test('toBeValid, negated, fails where there is nothing to find', async () => {
  expect(await failureText(() => expect(broken).not.toBeValid({ externals: { secrets: ['gone'] } }))).toBe(
    'expected findings of severity error or worse, but there are none',
  );
});

test('toHaveIssue fails with the findings there are', async () => {
  expect(await failureText(() => expect(broken).toHaveIssue('duplicate-key'))).toMatch(
    /^expected a finding of the rule duplicate-key; there is\n\nerror .*\[dangling-reference\]/u,
  );
  expect(
    await failureText(() => expect(broken).toHaveIssue({ rule: 'dangling-reference', pointer: '/other' })),
  ).toContain('of the rule dangling-reference there is');
  expect(await failureText(() => expect(broken).not.toHaveIssue('dangling-reference'))).toContain(
    'expected no such finding, but there is',
  );
});
