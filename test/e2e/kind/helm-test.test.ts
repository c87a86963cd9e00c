import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { runCommand } from '../../../harness/exec/run-command.js';
import { findHelm } from '../../../harness/toolchain/find-helm.js';
import { RELEASE } from '../support/scenario.js';
import { type Pods, test } from './support/pods.js';

const VALUES = {
  config: { LOG_LEVEL: 'info' },
  inlineSecrets: { local: { data: { INLINE: 'inline-value' } } },
  externalSecrets: {
    db: {
      preset: 'database',
      path: '/{system}/{environment}/db',
      refreshPolicy: 'CreatedOnce',
      prefix: 'DB_',
    },
    tls: { data: { PEM: '/{system}/{environment}/pem' }, mountAs: 'files' },
  },
  env: { COPY: '$(DB_host)/x' },
  environment: 'dev',
};
const DB = { host: 'db.example.com', port: 5432, username: 'shop', password: 'p@ss', database: 'shop' };

describe('helm test', () => {
  test('passes when every variable and file is there, and names the one that is not', async ({
    scenario,
    pods,
  }) => {
    await scenario.put('dev/db', DB);
    await scenario.put('dev/pem', '-----BEGIN-----');
    await pods.install(VALUES, { synced: ['db', 'tls'] });
    const whole = await runHelmTest(pods);
    expect(whole.output).toMatch(/all of \d+ are present/u);
    for (const name of ['LOG_LEVEL', 'INLINE', 'DB_host', 'COPY', '/run/secrets/tls/PEM', 'PEM_FILE']) {
      expect(whole.output).toContain(`present ${name}\n`);
    }
    expect(whole.exitCode).toBe(0);

    const { client, namespace } = scenario;
    const secret = { apiVersion: 'v1', kind: 'Secret', name: 'shop-local', namespace };
    await client.patch(secret, { data: { INLINE: null } });
    const broken = await runHelmTest(pods);
    expect(broken.output).toMatch(/^missing INLINE$/mu);
    expect(broken.exitCode).toBe(1);
    expect(broken.output).not.toContain('inline-value');
  }, 120_000);
});

async function runHelmTest({ scenario }: Pods): Promise<{ exitCode: number; output: string }> {
  const { kubeconfig } = scenario.cluster;
  const folder = join(dirname(kubeconfig), 'helm');
  const helm = await findHelm();
  // Nothing of the user's own Helm counts.
  const own = Object.entries(process.env).filter(([name]) => !/^(?:HELM_|KUBE)/u.test(name));
  const { exitCode, stdout, stderr } = await runCommand(
    helm.path,
    [
      ...['test', RELEASE, '--logs', '--timeout', '60s'],
      ...['--namespace', scenario.namespace, '--kubeconfig', kubeconfig],
    ],
    {
      env: {
        ...Object.fromEntries(own),
        ...{ HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder },
      },
      acceptedExitCodes: [0, 1],
    },
  );
  return { exitCode, output: `${stdout}${stderr}` };
}
