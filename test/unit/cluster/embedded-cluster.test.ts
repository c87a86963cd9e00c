import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { type ClusterState, findCluster, listClusters } from '../../../harness/cluster/cluster-state.js';
import { removeCluster } from '../../../harness/cluster/remove-cluster.js';
import { isRunning } from '../../../harness/exec/process-identity.js';
import { waitUntil } from '../../../harness/exec/wait-until.js';
import { COMPILED } from '../../helpers/compiled.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

/** A harness with a cluster of one sleeping component, which then does what `ending` says. */
async function runHarness(ending: string): Promise<{ cache: string; state: ClusterState }> {
  const cache = await makeTempFolder();
  const copy = join(cache, 'copy.json');
  const script = join(await makeTempFolder(), 'harness.mjs');
  await writeFile(
    script,
    `import { copyFileSync, mkdirSync } from 'node:fs';
     import { join } from 'node:path';
     import { claimCluster } from '${COMPILED}/cluster/cluster-state.js';
     import { draftEmbeddedState } from '${COMPILED}/cluster/draft-state.js';
     import { EmbeddedCluster } from '${COMPILED}/cluster/embedded-cluster.js';
     const state = await draftEmbeddedState('small');
     const folder = await claimCluster('${cache}', state);
     const cluster = new EmbeddedCluster(folder, state, { env: process.env, signal: undefined });
     mkdirSync(state.dataFolder, { mode: 0o700 });
     await cluster.openHost().start({
       name: 'etcd', file: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'],
       ready: { what: 'at once', probe: async () => {} },
     });
     copyFileSync(join(folder.path, 'state.json'), '${copy}');
     ${ending}`,
  );
  await execa(process.execPath, [script], {
    reject: false,
    timeout: 30_000,
  });
  const state = JSON.parse(await readFile(copy, 'utf8')) as ClusterState;
  onTestFinished(async () => {
    const left = findCluster(cache, 'small');
    if (left !== undefined) await removeCluster(left.folder, left.state);
  });
  return { cache, state };
}

async function expectGone({ cache, state }: { cache: string; state: ClusterState }): Promise<void> {
  await waitUntil(
    () => {
      if (state.components.some(isRunning)) throw new Error('it still runs');
    },
    { what: 'end of the component', timeoutMs: 30_000 },
  );
  expect(await listClusters(cache)).toEqual([]);
  await expect(stat(state.dataFolder!)).rejects.toMatchObject({ code: 'ENOENT' });
}

test.each([
  ['stops it', 'await cluster.stop();'],
  ['forgets it and exits', 'process.exit(0);'],
  ['throws', 'throw new Error("a defect");'],
  ['is interrupted by Ctrl-C', 'process.kill(process.pid, "SIGINT");'],
  ['is ended by SIGTERM', 'process.kill(process.pid, "SIGTERM");'],
])(
  'a harness that %s leaves no process and no folder',
  async (_, ending) => {
    await expectGone(await runHarness(ending));
  },
  30_000,
);

test('a cluster that is left on purpose outlives its harness', async () => {
  const { cache, state } = await runHarness('cluster.detach();');
  expect(state.components.every(isRunning)).toBe(true);
  const { folder, state: written } = findCluster(cache, 'small')!;
  expect(written.owner).toBeNull();
  await removeCluster(folder, written);
  await expectGone({ cache, state });
}, 30_000);
