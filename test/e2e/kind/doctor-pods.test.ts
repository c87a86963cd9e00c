import { describe, expect } from 'vitest';
import { runCli } from '../../helpers/run-cli.js';
import { evidenceOf, examine, findingOf, listIds } from '../support/doctor.js';
import { CHART } from '../support/release.js';
import { POD_VALUES, test } from './support/pods.js';

const PATH = '/{system}/{environment}/app';
const BEFORE = { API_TOKEN: 'hT5!nW8q-Lc3@yD6r_Xp1', DB_PASSWORD: 'vK7-mQ2x_Rt9.zB4w' };
const AFTER = { ...BEFORE, API_TOKEN: 'bN7!wQ4z-Rk8@mF2t_Vs5' };

describe.concurrent('sluice doctor, down to the pods and their processes', () => {
  test('process-outdated: a process that was started before its Secret was written, and the remedy for it', async ({
    scenario,
    pods,
  }) => {
    const values = { externalSecrets: { app: { path: PATH } }, rollout: { onSecretChange: 'none' } };
    await scenario.put('stage/app', BEFORE);
    await pods.install(values, { synced: ['app'] });
    const well = await examine(scenario);
    expect(well.findings).toEqual([]);
    expect(well.checks.find(({ id }) => id === 'process-outdated')?.state).toBe('fine');

    const pod = await pods.one();
    await pods.secondOver(pod);
    await scenario.put('stage/app', AFTER);
    await scenario.refreshed('app');
    const report = await examine(scenario);
    expect(listIds(report)).toEqual(['process-outdated']);
    expect(report.firstBroken?.link).toBe('process');
    const finding = findingOf(report, 'process-outdated');
    expect(evidenceOf(finding, 'pod')).toMatch(new RegExp(`^pod ${pod.metadata.name} › app: started `, 'u'));
    expect(finding.remedy).toBe(`sluice refresh shop-app --namespace ${scenario.namespace} --restart`);

    const { code } = await runCli(
      [...finding.remedy.split(' ').slice(1), '--cluster', scenario.cluster.name],
      { cwd: CHART },
    );
    expect(code).toBe(0);
    expect((await examine(scenario)).findings).toEqual([]);
  }, 120_000);

  test('pod-failing: a pod that waits for a Secret that nobody makes; the cause comes first', async ({
    scenario,
    pods,
  }) => {
    await scenario.put('stage/app', BEFORE);
    const values = { externalSecrets: { app: { path: PATH } }, existingSecrets: ['nobody-made-this'] };
    await scenario.install({ ...POD_VALUES, ...values, replicaCount: 0 });
    await scenario.synced('app');
    await scenario.install({ ...POD_VALUES, ...values });
    await pods.stuck(/CreateContainerConfigError: secret "nobody-made-this"/u);
    const report = await examine(scenario);
    expect(report.firstBroken).toMatchObject({
      ...{ id: 'reference-missing', subject: `Secret ${scenario.namespace}/nobody-made-this` },
    });
    const finding = findingOf(report, 'pod-failing');
    expect(finding.message).toContain('CreateContainerConfigError');
    expect(evidenceOf(finding, 'pod')).toContain('secret "nobody-made-this" not found');
  }, 120_000);
});
