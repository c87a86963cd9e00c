import { expect, inject, onTestFinished, test } from 'vitest';
import type { ClusterStep } from '../../harness/cluster/cluster.js';
import { startKind } from '../../harness/cluster/kind.js';
import { SecretValue } from '../../harness/manifest/secret-value.js';
import { openStore } from '../../harness/store/open-store.js';
import { runCli } from '../helpers/run-cli.js';
import { listKindRemains } from './support/kind-remains.js';
import { LONG_MS, makeName, readState, removeByName } from './support/own-kind.js';

test(
  'one beside another is whole, is taken again by its name, and leaves nothing when it is removed',
  async () => {
    const name = makeName();
    const shared = readState(inject('clusterName'));
    onTestFinished(async () => await removeByName(name));
    const first = await startKind({ name, reuse: true });
    await first.stop();
    const steps: ClusterStep[] = [];
    const again = await startKind({ name, reuse: true, onStep: (step) => steps.push(step) });
    // What others have left behind meanwhile is told too.
    expect(steps.filter(({ subject, state }) => state !== 'note' || subject === name)).toEqual([]);
    expect(again.connection.server).toBe(first.connection.server);
    expect(again.connection.server).not.toBe(shared.ready?.apiServer);

    await again.restart('parameter-store', { kill: true });
    const store = await openStore(again.parameterStore);
    await store.put('/life/alive', new SecretValue('yes'));
    expect((await store.get('/life/alive'))?.value.reveal()).toBe('yes');
    store.close();
    expect(again.signal.aborted).toBe(false);

    const state = readState(name);
    const begin = performance.now();
    const { code } = await runCli(['cluster', 'down', name]);
    expect(code).toBe(0);
    process.stderr.write(`e2e: a kind cluster removed, ${Math.round(performance.now() - begin)} ms\n`);
    expect(await listKindRemains(state)).toEqual([]);
  },
  LONG_MS,
);
