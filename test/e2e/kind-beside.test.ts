import { expect, inject, onTestFinished, test } from 'vitest';
import type { ClusterStep } from '../../harness/cluster/cluster.js';
import type { ClusterState } from '../../harness/cluster/cluster-state.js';
import { startKind } from '../../harness/cluster/kind.js';
import { openCluster } from '../../harness/cluster/opened-cluster.js';
import { SecretValue } from '../../harness/manifest/secret-value.js';
import { openStore } from '../../harness/store/open-store.js';
import { runCli } from '../helpers/run-cli.js';
import { listKindRemains } from './support/kind-remains.js';
import { LONG_MS, makeName, readState, removeByName } from './support/own-kind.js';

/** Starts one of this name again; the steps about it until it was had, or until `until` has been told. */
async function startAgain(name: string, { until }: { until?: string } = {}) {
  const abort = new AbortController();
  const steps: ClusterStep[] = [];
  const starting = startKind({
    name,
    reuse: true,
    signal: abort.signal,
    onStep: (step) => {
      // What others have left behind meanwhile is told too.
      if (step.state !== 'note' || step.subject === name) steps.push(step);
      if (step.subject === until) abort.abort(new Error('enough'));
    },
  });
  return { steps, cluster: until === undefined ? await starting : await starting.catch(String) };
}

/** Kills the store of a cluster behind its back. */
async function killStore({ name, components }: ClusterState): Promise<void> {
  const watched = await openCluster(name);
  const died = new Promise<unknown>((resolve) => {
    watched.signal.addEventListener('abort', () => resolve(watched.signal.reason), { once: true });
  });
  process.kill(components.find((component) => component.name === 'parameter-store')!.pid, 'SIGKILL');
  expect(await died).toMatchObject({
    code: 'COMPONENT_DIED',
    shortMessage: expect.stringContaining('parameter-store'),
  });
}

test(
  'one beside another is whole, and is taken again by its name, until its store is killed: it says so, and is removed for another',
  async () => {
    const name = makeName();
    const shared = readState(inject('clusterName'));
    onTestFinished(async () => await removeByName(name));
    const first = await startKind({ name, reuse: true });
    await first.stop();
    const { steps, cluster } = await startAgain(name);
    if (typeof cluster === 'string') throw new Error(cluster);
    expect(steps).toEqual([]);
    expect(cluster.connection.server).toBe(first.connection.server);
    expect(cluster.connection.server).not.toBe(shared.ready?.apiServer);

    await cluster.restart('parameter-store', { kill: true });
    const store = await openStore(cluster.parameterStore);
    await store.put('/life/alive', new SecretValue('yes'));
    expect((await store.get('/life/alive'))?.value.reveal()).toBe('yes');
    store.close();
    expect(cluster.signal.aborted).toBe(false);

    const state = readState(name);
    await killStore(state);
    const status = await runCli(['cluster', 'status', name]);
    expect(status.code).toBe(1);
    expect(status.stdout).toContain(`cluster ${name} broken`);
    expect((await runCli(['cluster', 'up', name])).stderr).toContain('ended: parameter-store');
    // The start of the other is called off as soon as the first is gone.
    const other = await startAgain(name, { until: 'node' });
    expect(other.cluster).toContain('enough');
    expect(other.steps[0]).toMatchObject({ state: 'note', text: 'was there, but not whole: removed' });
    expect(await listKindRemains(state)).toEqual([]);
    await cluster.stop();
  },
  LONG_MS,
);
