import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../harness/manifest/manifest.js';
import { containerOf, pick, render } from './support/render.js';

const WORKLOADS = [
  'Deployment/demo',
  'Deployment/demo-mail',
  'CronJob/demo-nightly',
  'Job/demo-after',
  'Pod/demo-test',
];

const release = await render({
  config: { A: 'x' },
  initContainers: { prepare: {} },
  sidecars: { log: {}, proxy: { native: true } },
  workers: { mail: { initContainers: { prepare: {} } } },
  cronJobs: { nightly: { schedule: '0 3 * * *' } },
  jobs: { after: { hook: { events: ['post-install'] } } },
});

function podOf(name: string): JsonObject {
  const path = name.startsWith('Pod/')
    ? ['spec']
    : name.startsWith('CronJob/')
      ? ['spec', 'jobTemplate', 'spec', 'template', 'spec']
      : ['spec', 'template', 'spec'];
  return pick(release, name, ...path) as JsonObject;
}

const containers = WORKLOADS.flatMap((name) => {
  const pod = podOf(name);
  const all = [...((pod['initContainers'] ?? []) as JsonObject[]), ...(pod['containers'] as JsonObject[])];
  return all.map(
    (container) =>
      [`${name}/${String(container['name'])}`, container['securityContext'] as JsonObject] as const,
  );
});

describe('every container', () => {
  it.each<[string, JsonValue]>([
    ['allowPrivilegeEscalation', false],
    ['readOnlyRootFilesystem', true],
    ['runAsNonRoot', true],
    ['capabilities', { drop: ['ALL'] }],
    ['seccompProfile', { type: 'RuntimeDefault' }],
  ])('has %s %j', (field, value) => {
    expect(containers).toHaveLength(9);
    expect(Object.fromEntries(containers.map(([name, context]) => [name, context[field]]))).toEqual(
      Object.fromEntries(containers.map(([name]) => [name, value])),
    );
  });

  it('is never privileged, and adds no capability', () => {
    for (const [, context] of containers) {
      expect(context).not.toHaveProperty('privileged');
      expect(context['capabilities']).not.toHaveProperty('add');
    }
  });
});

describe('every pod', () => {
  it.each<[string, JsonValue]>([
    ['automountServiceAccountToken', false],
    ['enableServiceLinks', false],
    ['securityContext', { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }],
    ['serviceAccountName', 'demo'],
  ])('has %s %j', (field, value) => {
    for (const name of WORKLOADS) expect(podOf(name)[field]).toEqual(value);
  });

  it.each(['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace'])('has no %s', (field) => {
    for (const name of WORKLOADS) expect(podOf(name)).not.toHaveProperty(field);
  });

  it('has only volumes that the restricted level allows', () => {
    const kinds = WORKLOADS.flatMap((name) =>
      ((podOf(name)['volumes'] ?? []) as JsonObject[]).flatMap(Object.keys),
    );
    expect(new Set(kinds)).toEqual(new Set(['name', 'emptyDir']));
  });

  it('has no host port, and a folder for temporary files', () => {
    expect(JSON.stringify(release.manifests.map(({ object }) => object))).not.toContain('hostPort');
    for (const name of WORKLOADS)
      expect(containerOf(release, name)['volumeMounts']).toEqual([
        { mountPath: '/tmp', name: 'writable-tmp' },
      ]);
  });
});

describe('the security context', () => {
  it('is merged field by field, from the top over a worker to its containers', async () => {
    const changed = await render({
      podSecurityContext: { fsGroup: 1000, runAsNonRoot: null },
      securityContext: { runAsUser: 1000, readOnlyRootFilesystem: null, capabilities: { drop: null } },
      sidecars: { log: { securityContext: { runAsUser: 2000 } } },
      workers: { mail: { securityContext: { runAsGroup: 5, runAsUser: null } } },
    });
    const [app, log] = pick(
      changed,
      'Deployment/demo',
      'spec',
      'template',
      'spec',
      'containers',
    ) as JsonObject[];
    expect(pick(changed, 'Deployment/demo', 'spec', 'template', 'spec', 'securityContext')).toEqual({
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(app?.['securityContext']).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: {},
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(log?.['securityContext']).toMatchObject({ runAsUser: 2000, allowPrivilegeEscalation: false });
    expect(containerOf(changed, 'Deployment/demo-mail')['securityContext']).toMatchObject({ runAsGroup: 5 });
    expect(containerOf(changed, 'Deployment/demo-mail')['securityContext']).not.toHaveProperty('runAsUser');
  });
});

describe('secrets', () => {
  it('that are inline are Secrets, and stand in no other object', async () => {
    const local = await render({
      environment: 'local',
      inlineSecrets: {
        db: { data: { PASSWORD: 'for-tests-only', NUMBER: 10000000, EMPTY: '' }, type: 'Opaque' },
      },
    });
    expect(pick(local, 'Secret/demo-db', 'data')).toEqual({
      EMPTY: '',
      NUMBER: btoa('10000000'),
      PASSWORD: btoa('for-tests-only'),
    });
    expect(local.text).not.toContain('for-tests-only');
    expect(local).toHaveEnv({ PASSWORD: { value: 'for-tests-only', secret: true } });
  });

  it.each(['stage', 'prod', 'production', 'staging', 'pr'])(
    'that are inline are refused in %s',
    async (environment) => {
      await expect(render({ environment, inlineSecrets: { db: { data: { A: 'x' } } } })).toFailRendering(
        /^secret in plain sight: inlineSecrets\.db: /u,
      );
    },
  );

  it('in plain configuration are a finding', async () => {
    await expect(await render({ config: { DB_PASSWORD: 'kJ8!vQ2pZx7#mN4w' } })).toHaveIssue({
      rule: 'secret-in-plain-sight',
      object: 'ConfigMap/demo-config',
    });
    await expect(await render({ config: { LOG_LEVEL: 'info' } })).not.toHaveIssue('secret-in-plain-sight');
  });

  it('that are sealed stay sealed, bound to the name and scope they were sealed for', async () => {
    const sealed = await render({
      sealedSecrets: {
        app: { encryptedData: { TOKEN: 'AgBx' } },
        wide: {
          name: 'given',
          scope: 'cluster-wide',
          type: 'kubernetes.io/basic-auth',
          immutable: true,
          encryptedData: { password: 'AgBy' },
          labels: { a: 'b' },
        },
      },
    });
    expect(pick(sealed, 'SealedSecret/demo-app', 'spec')).toMatchObject({
      encryptedData: { TOKEN: 'AgBx' },
      template: { metadata: { name: 'demo-app', namespace: 'shop' }, type: 'Opaque' },
    });
    expect(pick(sealed, 'SealedSecret/demo-app', 'metadata')).not.toHaveProperty('annotations');
    expect(sealed).toHaveManifest('SealedSecret/given', {
      metadata: { annotations: { 'sealedsecrets.bitnami.com/cluster-wide': 'true' } },
      spec: {
        template: {
          immutable: true,
          type: 'kubernetes.io/basic-auth',
          metadata: { labels: { a: 'b' }, annotations: { 'sealedsecrets.bitnami.com/cluster-wide': 'true' } },
        },
      },
    });
    expect(sealed).toHaveEnvFrom(['Secret/demo-app', 'Secret/given']);
  });
});
