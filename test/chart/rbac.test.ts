import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { listNames, pick, render } from './support/render.js';

const SECRETS: JsonObject = {
  environment: 'dev',
  externalSecrets: {
    db: { path: '/a' },
    named: { path: '/b', target: { name: 'known-by-others' } },
    none: { data: { A: '/c' }, target: { creationPolicy: 'None' } },
  },
  inlineSecrets: { local: { data: { I: 'x' } } },
  sealedSecrets: {
    sealed: { encryptedData: { S: 'AA' } },
    other: { name: 'given', encryptedData: { O: 'AA' } },
  },
  existingSecrets: ['not-ours'],
};

describe('the Role', () => {
  it('reads exactly the Secrets of the release, by name', async () => {
    const release = await render({ ...SECRETS, rbac: { create: true } });
    expect(pick(release, 'Role/demo', 'rules')).toEqual([
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['demo-db', 'demo-local', 'demo-sealed', 'given', 'known-by-others'],
        verbs: ['get'],
      },
    ]);
    expect(pick(release, 'RoleBinding/demo')).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'demo' },
      subjects: [{ kind: 'ServiceAccount', name: 'demo', namespace: 'shop' }],
    });
  });

  it('never speaks of Secrets without naming them', async () => {
    const release = await render({ rbac: { create: true } });
    expect(listNames(release).filter((name) => /^Role/u.test(name))).toEqual([]);
  });

  it('has further rules, alone where Secrets are not to be read', async () => {
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
    const release = await render({ ...SECRETS, rbac: { create: true, readSecrets: false, rules } });
    expect(pick(release, 'Role/demo', 'rules')).toEqual(rules);
  });

  it('is not there unless it is asked for', async () => {
    expect(listNames(await render(SECRETS)).filter((name) => /^Role/u.test(name))).toEqual([]);
  });
});

describe('the ServiceAccount', () => {
  it('is the release’s own, without a token, with annotations', async () => {
    const release = await render({
      serviceAccount: {
        annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::0:role/x' },
        labels: { a: 'b' },
      },
    });
    expect(release).toHaveManifest('ServiceAccount/demo', {
      automountServiceAccountToken: false,
      metadata: {
        annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::0:role/x' },
        labels: { a: 'b' },
      },
    });
  });

  it.each<[JsonObject, string, boolean]>([
    [{}, 'demo', true],
    [{ name: 'own' }, 'own', true],
    [{ create: false }, 'default', false],
    [{ create: false, name: 'given' }, 'given', false],
  ])('of %j is called %s', async (...[serviceAccount, name, isRendered]) => {
    const release = await render({ serviceAccount });
    expect(pick(release, 'Deployment/demo', 'spec', 'template', 'spec', 'serviceAccountName')).toBe(name);
    expect(listNames(release).includes(`ServiceAccount/${name}`)).toBe(isRendered);
  });

  it('has its token in pods where that is asked for', async () => {
    const release = await render({ serviceAccount: { automountToken: true } });
    expect(release).toHaveManifest('ServiceAccount/demo', { automountServiceAccountToken: true });
    expect(pick(release, 'Deployment/demo', 'spec', 'template', 'spec', 'automountServiceAccountToken')).toBe(
      true,
    );
  });
});
