import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { startKind } from '../harness/cluster/kind.js';
import { type KindCluster, openKindCluster } from '../harness/cluster/kind-cluster.js';
import { runCommand } from '../harness/exec/run-command.js';
import { formatSeconds } from '../harness/exec/wait-until.js';
import { KubeClient } from '../harness/kube/kube-client.js';
import { findCacheFolder } from '../harness/toolchain/cache-folder.js';
import { findHelm } from '../harness/toolchain/find-helm.js';
import { ensureKubePrograms } from '../harness/toolchain/kube-programs.js';
import { ensureTestImages } from '../test/e2e/kind/support/test-images.js';
import { findPreviousChart, makeUpgradeRepository } from './ct-install/previous-chart.js';
import { type CtTools, findCtTools } from './ct-lint/ct-tools.js';
import { runScript } from './run-script.js';

const USAGE = `Usage: tsx scripts/run-ct-install.ts [--cluster NAME] [--repository DIR]

Runs chart-testing's "ct install" over every file of chart/ci: install, helm test, and the upgrade from the previous
version of the chart in Git's history. In the kind cluster of that name (sluice cluster up --provider kind), else in one
that is started for it and removed. Exits as ct does; 3 where a program or a cluster cannot be had.`;

interface Values {
  cluster?: string | undefined;
  repository: string;
}

async function main(values: Values): Promise<number> {
  const tools = await findCtTools({
    cacheFolder: findCacheFolder(),
    env: process.env,
    report: console.error,
  });
  if ('missing' in tools) {
    console.error(`ct install cannot run: ${tools.missing}`);
    return 3;
  }
  const folder = await mkdtemp(join(tmpdir(), 'sluice-ct-'));
  const cluster = await openOrStart(values.cluster);
  try {
    await cluster.loadImages(await ensureTestImages(console.error));
    return await installAll(tools, cluster, { repository: values.repository, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
    if (values.cluster === undefined) await cluster.stop();
  }
}

async function openOrStart(name: string | undefined): Promise<KindCluster> {
  if (name !== undefined) return await openKindCluster(name);
  return await startKind({
    onStep: ({ subject, state, text }) => {
      if (state !== 'working') console.error(`${subject}: ${text}`);
    },
  });
}

interface Place {
  repository: string;
  /** For what ct writes and calls. */
  folder: string;
}

/** Has ct go through the values files side by side, each with a chart that has no other: waiting is most of the work. */
async function installAll(tools: CtTools, cluster: KindCluster, place: Place): Promise<number> {
  const { repository, folder } = place;
  // ct calls both by their names, whatever those that were found are called.
  await symlink((await findHelm()).path, join(folder, 'helm'));
  await symlink((await ensureKubePrograms()).paths.kubectl, join(folder, 'kubectl'));
  const previous = await findPreviousChart(repository);
  console.log(
    previous === undefined
      ? 'no upgrade: the history has no earlier chart'
      : `upgrade from the chart of commit ${previous.commit.slice(0, 12)}, version ${previous.version}`,
  );
  const files = (await readdir(join(repository, 'chart', 'ci'))).filter((name) =>
    name.endsWith('-values.yaml'),
  );
  const codes = await Promise.all(
    files.map(async (valuesFile) => {
      const target = join(folder, valuesFile.replace(/\.yaml$/u, ''));
      await makeUpgradeRepository(repository, { previous, valuesFile, target });
      const upgrade = previous !== undefined;
      return await withNamespace(
        cluster,
        async (namespace) =>
          await installOne(tools, cluster, { valuesFile, target, folder, upgrade, namespace }),
      );
    }),
  );
  return Math.max(...codes);
}

/** Makes a namespace for a while. Nobody waits until it is gone: ct would, three times for each values file. */
async function withNamespace<T>(
  { connection }: KindCluster,
  run: (namespace: string) => Promise<T>,
): Promise<T> {
  const client = new KubeClient(connection);
  const name = `ct-${randomBytes(4).toString('hex')}`;
  const namespace = { apiVersion: 'v1', kind: 'Namespace' };
  try {
    await client.apply({ ...namespace, metadata: { name } });
    return await run(name);
  } finally {
    await client.remove({ ...namespace, name });
    client.close();
  }
}

interface OneInstall {
  valuesFile: string;
  target: string;
  folder: string;
  upgrade: boolean;
  namespace: string;
  /** Default false. */
  printLogs?: boolean;
}

/** Everything that ct says is told where it fails; else one line. */
async function installOne(tools: CtTools, cluster: KindCluster, install: OneInstall): Promise<number> {
  const { stdout, stderr, exitCode, durationMs } = await runCt(tools, cluster, install);
  const { done, skipped } = describeTests(stdout);
  if (exitCode !== 0) process.stdout.write(`${stdout}${stderr}`);
  console.log(`${exitCode === 0 ? '✓' : '✗'} ${install.valuesFile}: ${done}, ${formatSeconds(durationMs)}`);
  for (const line of skipped) console.log(`  ↓ ${line}`);
  if (exitCode !== 0) {
    console.log(`✗ ${install.valuesFile}: has failed; once more, for what its containers say`);
    const again = await runCt(tools, cluster, { ...install, printLogs: true });
    process.stdout.write(`${again.stdout}${again.stderr}`);
  }
  return exitCode;
}

async function runCt(
  { ct, folders }: CtTools,
  { kubeconfig }: KindCluster,
  { target, folder, upgrade, namespace, printLogs = false }: OneInstall,
) {
  // Nothing of the user's own counts.
  const own = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:CT_|HELM_|KUBE)/u.test(name)),
  );
  return await runCommand(
    ct,
    [
      ...['install', '--config', 'ct.yaml', '--charts', 'chart', '--namespace', namespace],
      ...(upgrade ? ['--upgrade', '--remote', 'origin', '--target-branch', 'previous'] : []),
      ...['--helm-extra-args', '--timeout 120s'],
    ],
    {
      cwd: target,
      env: {
        ...own,
        // It asks for the log of every container three times: half of all its calls, which nobody reads where all is well.
        CT_PRINT_LOGS: String(printLogs),
        PATH: [folder, ...folders, process.env['PATH'] ?? ''].join(delimiter),
        KUBECONFIG: kubeconfig,
        KUBECACHEDIR: join(folder, 'discovery'),
        HELM_CACHE_HOME: join(target, '.helm-cache'),
        HELM_CONFIG_HOME: join(target, '.helm-config'),
        HELM_DATA_HOME: join(target, '.helm-data'),
      },
      acceptedExitCodes: [0, 1],
    },
  );
}

// By ct's own lines: it may end before it has read the last ones of Helm's.
function describeTests(stdout: string): { done: string; skipped: string[] } {
  const lines = stdout.split('\n');
  const skipped = lines.filter((line) => /^(?:Skipping upgrade test|Upgrade testing for) /u.test(line));
  const upgrades = lines.filter((line) => line.startsWith('Testing upgrades of chart ')).length;
  const installs = lines.filter((line) => line.startsWith('Installing chart with values file ')).length;
  const tested = upgrades - skipped.filter((line) => line.startsWith('Upgrade testing for ')).length;
  return { done: `installed ${installs} ×, upgraded ${tested} ×`, skipped };
}

await runScript({
  usage: USAGE,
  takes: {
    options: {
      cluster: { type: 'string' },
      repository: { type: 'string', default: resolve(import.meta.dirname, '..') },
    },
  },
  run: async ({ values }) => await main(values),
});
