import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { runCli } from '../../helpers/run-cli.js';
import { CHART } from '../support/release.js';
import { isReady, test } from './support/pods.js';

const PATH = '/{system}/{environment}/app';
const BEFORE = { JWT_SECRET: 'old-jwt-canary-5f0c2b', API_TOKEN: 'old-token-canary-77ab10' };

describe('sluice rotate, down to the processes', () => {
  test('when it ends every pod holds the new secret beside the old one, and after --retire the new one alone', async ({
    scenario,
    pods,
  }) => {
    const values = {
      replicaCount: 2,
      externalSecrets: { app: { path: PATH } },
      rollout: { onSecretChange: 'none' },
    };
    await scenario.put('stage/app', BEFORE);
    await pods.install(values, { synced: ['app'] });
    const folder = await mkdtemp(join(tmpdir(), 'sluice-rotate-'));
    const run = async (...args: string[]) => {
      const place = ['--cluster', scenario.cluster.name, '--namespace', scenario.namespace];
      const files = ['--generate', 'hex', '--backup-dir', folder, '--yes'];
      return await runCli(['rotate', 'JWT_SECRET', ...place, ...files, ...args], { cwd: CHART });
    };
    const held = async (name: string): Promise<string[]> => {
      const ready = (await pods.list()).filter(isReady);
      expect(ready).toHaveLength(2);
      return await Promise.all(
        ready.map(async ({ metadata }) => {
          const { environment } = await pods.report(metadata.name);
          return environment[name] ?? 'absent';
        }),
      );
    };
    try {
      const kept = await run('--keep-previous');
      expect(kept.code, kept.stderr + kept.stdout).toBe(0);
      const stored = await scenario.parameters.get(scenario.path('stage/app'));
      const { JWT_SECRET: fresh } = JSON.parse(stored?.value.reveal() ?? '') as typeof BEFORE;
      expect(fresh).toMatch(/^[0-9a-f]{64}$/u);
      expect(await held('JWT_SECRET')).toEqual([fresh, fresh]);
      expect(await held('JWT_SECRET_PREVIOUS')).toEqual([BEFORE.JWT_SECRET, BEFORE.JWT_SECRET]);
      const retired = await run('--retire');
      expect(retired.code, retired.stderr + retired.stdout).toBe(0);
      expect(await held('JWT_SECRET')).toEqual([fresh, fresh]);
      expect(await held('JWT_SECRET_PREVIOUS')).toEqual(['absent', 'absent']);
      expect(kept.stdout + kept.stderr + retired.stdout + retired.stderr).not.toContain(fresh);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 180_000);
});
