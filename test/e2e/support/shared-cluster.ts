import type { TestProject } from 'vitest/node';
import type { ClusterStep } from '../../../harness/cluster/cluster.js';
import { startEmbedded } from '../../../harness/cluster/embedded.js';
import { openCluster } from '../../../harness/cluster/opened-cluster.js';
import { SluiceError } from '../../../harness/errors.js';
import { formatSeconds } from '../../../harness/exec/wait-until.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Name of the cluster that the whole suite shares. */
    clusterName: string;
  }
}

/**
 * Starts the cluster that the suite shares and takes it away in the end. `SLUICE_E2E_CLUSTER` names one that runs
 * already (`sluice cluster up`) and is left running: for working on a scenario.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { provide } = project;
  const running = process.env['SLUICE_E2E_CLUSTER'];
  if (running !== undefined && running !== '') {
    provide('clusterName', (await openCluster(running)).name);
    return undefined;
  }
  const cluster = await startEmbedded({ onStep: tell }).catch((error: unknown) => skipAll(project, error));
  if (cluster === undefined) return undefined;
  provide('clusterName', cluster.name);
  const { name, version, reason } = cluster.parameterStore;
  say(`parameter store: ${name} ${version}${reason === undefined ? '' : ` (${reason})`}`);
  return async () => await cluster.stop();
}

// What cannot be had here skips every scenario, by its name; anything else is a failure.
function skipAll(project: TestProject, error: unknown): undefined {
  if (!(error instanceof SluiceError) || error.exitCode !== 3) throw error;
  say(`every scenario is skipped: ${error.message}`);
  project.config.testNamePattern = /(?!)/u;
}

function tell({ subject, state, text, durationMs }: ClusterStep): void {
  if (state !== 'working')
    say(`${subject} ${text}${durationMs === undefined ? '' : `, ${formatSeconds(durationMs)}`}`);
}

function say(text: string): void {
  process.stderr.write(`e2e: ${text}\n`);
}
