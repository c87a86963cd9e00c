// `npm run bench`: every figure of the README, side by side in one run; `-- --all` with those that take minutes.
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { SluiceError } from '../harness/errors.js';
import { findHelm } from '../harness/toolchain/find-helm.js';
import { benchCluster, MANY_SECRETS } from './cluster-bench.js';
import { benchCoverage } from './coverage-bench.js';
import { benchDoctor, DOCTOR_SECRETS } from './doctor-bench.js';
import { benchEngine, MANY_RENDERS } from './engine-bench.js';
import { benchHelmUnittest } from './helm-unittest-bench.js';
import { benchKind } from './kind-bench.js';
import { benchPreparation, benchScenarios } from './preparation-bench.js';
import { benchRenders, RENDER_CASES } from './render-bench.js';
import { benchSecrets, MANY_PARAMETERS } from './secrets-bench.js';
import { benchStartup } from './startup-bench.js';
import { benchValidation } from './validate-bench.js';
import { benchWatch } from './watch-bench.js';

interface Row {
  what: string;
  measured: string;
  /** What is to be reached, with whether it was. */
  goal?: { text: string; met: boolean };
}

const chart = resolve(import.meta.dirname, '..', 'chart');
const rows: Row[] = [];

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function add(row: Row): void {
  rows.push(row);
  say(`  ${row.what}: ${row.measured}`);
}

const ms = (value: number): string => (value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`);
const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;
const times = (value: number): string => `${value.toFixed(2)} ×`;

/** What a bench gives; undefined, and said, where what it needs is not to be had here. */
async function orSkip<T>(what: string, bench: () => Promise<T>): Promise<T | undefined> {
  try {
    return await bench();
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    say(`  ${what} skipped: ${error.shortMessage}`);
    return undefined;
  }
}

const helm = await findHelm({ onProgress: say });
say(
  `helm ${helm.version}, node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`,
);

say('start');
const startup = await benchStartup();
add({ what: 'node -e 0', measured: ms(startup.nodeMs) });
add({
  what: 'sluice --version',
  measured: `${ms(startup.versionMs)} (${times(startup.versionRatio)} node -e 0)`,
  goal: { text: '≤ 3 ×', met: startup.versionRatio <= 3 },
});
add({
  what: 'sluice check of values/, warm',
  measured: ms(startup.checkWarmMs),
  goal: { text: '≤ 1 s', met: startup.checkWarmMs <= 1000 },
});

say(`${RENDER_CASES} renders`);
const renders = await benchRenders(chart);
add({ what: 'one bare helm template', measured: ms(renders.bareMs) });
add({
  what: `${RENDER_CASES} renders, cold`,
  measured: `${seconds(renders.coldMs)} (${times(renders.coldRatio)} bare ÷ cores)`,
  goal: { text: '≤ 1.1 ×', met: renders.coldRatio <= 1.1 },
});
add({
  what: `${RENDER_CASES} renders, warm`,
  measured: `${seconds(renders.warmMs)} (${renders.warmSpeedup.toFixed(0)} × faster than cold)`,
  goal: { text: '≥ 20 ×', met: renders.warmSpeedup >= 20 },
});
const unittestMs = await orSkip('helm-unittest', async () => await benchHelmUnittest(chart, say));
if (unittestMs !== undefined) {
  add({ what: `${RENDER_CASES} cases by helm-unittest 1.1.2`, measured: seconds(unittestMs) });
  add({ what: 'renders, cold ÷ helm-unittest', measured: times(renders.coldMs / unittestMs) });
  add({ what: 'renders, warm ÷ helm-unittest', measured: times(renders.warmMs / unittestMs) });
}

say('library engine');
const engine = await orSkip('library engine', async () => await benchEngine(chart, say));
if (engine !== undefined) {
  const ratio = engine.casesMs / (unittestMs ?? Number.NaN);
  add({
    what: `${RENDER_CASES} cases by the library engine, chart just changed`,
    measured: `${seconds(engine.casesMs)}${unittestMs === undefined ? '' : ` (${times(ratio)} helm-unittest)`}`,
    ...(unittestMs === undefined ? {} : { goal: { text: '≤ 0.5 ×', met: ratio <= 0.5 } }),
  });
  add({ what: 'one render after a template change', measured: ms(engine.changedMs) });
  const verdictMs = await benchWatch(chart);
  add({
    what: 'sluice check --watch: from saving a template to the verdict',
    measured: ms(verdictMs),
    goal: { text: '≤ 150 ms', met: verdictMs <= 150 },
  });
  add({
    what: `${MANY_RENDERS} renders by the library engine`,
    measured: `${Math.round(engine.rendersPerSecond)} a second`,
  });
  const growth = engine.memoryAtEndBytes / engine.memoryAtStartBytes;
  add({
    what: 'its memory, after 400 and after all of them',
    measured: `${mebibytes(engine.memoryAtStartBytes)}, ${mebibytes(engine.memoryAtEndBytes)}`,
    goal: { text: '≤ 1.2 ×', met: growth <= 1.2 },
  });
}

const coverage = await orSkip('coverage', async () => await benchCoverage(chart));
if (coverage !== undefined) {
  const ratio = coverage.countedMs / coverage.plainMs;
  add({
    what: `${RENDER_CASES} cases while coverage is counted`,
    measured: `${seconds(coverage.countedMs)} (${times(ratio)} without)`,
    goal: { text: '≤ 2 ×', met: ratio <= 2 },
  });
  add({ what: 'coverage: adding up, and trying which values matter', measured: ms(coverage.reportMs) });
}

say('validation');
const validation = await benchValidation(chart);
add({
  what: `${validation.manifests} manifests read and validated`,
  measured: `${Math.round(validation.manifestsPerSecond)} a second, ${Math.round(validation.parseShare * 100)} % of it reading YAML`,
});

say('secrets');
const secrets = await benchSecrets();
const secretsRatio = Math.max(secrets.readMs / secrets.leastMs, secrets.calls / secrets.leastCalls);
add({
  what: `${MANY_PARAMETERS} parameters read at 40 calls a second`,
  measured: `${seconds(secrets.readMs)}, ${secrets.calls} calls, ${secrets.throttled} throttled (${times(secretsRatio)} the least)`,
  goal: { text: '≤ 1.2 ×', met: secretsRatio <= 1.2 },
});

say('cluster');
const cluster = await orSkip('cluster', async () => await benchCluster(chart, say));
if (cluster !== undefined) {
  add({
    what: 'cluster up to ready',
    measured: seconds(cluster.upMs),
    goal: { text: '≤ 15 s', met: cluster.upMs <= 15_000 },
  });
  add({
    what: 'JSON parameter to Secret, install included',
    measured: seconds(cluster.firstSyncMs),
    goal: { text: '≤ 3 s', met: cluster.firstSyncMs <= 3000 },
  });
  add({ what: 'changed parameter to Secret, with a refresh', measured: ms(cluster.rotationMs) });
  add({
    what: `${MANY_SECRETS} ExternalSecrets from install to synced`,
    measured: `${seconds(cluster.manyMs)} (${seconds(cluster.manyInstallMs)} of it helm), ${cluster.manyRequests} requests to the store`,
  });
  add({
    what: 'memory of the cluster, at first and with them',
    measured: `${mebibytes(cluster.memoryBytes)}, ${mebibytes(cluster.memoryAtEndBytes)}`,
    goal: { text: '≤ 1.5 GB', met: cluster.memoryAtEndBytes <= 1.5e9 },
  });
}

const kind = await orSkip('kind cluster', async () => await benchKind(say));
if (kind !== undefined) {
  add({
    what: 'kind cluster up to ready',
    measured: seconds(kind.upMs),
    goal: { text: '≤ 40 s', met: kind.upMs <= 40_000 },
  });
  add({
    what: 'kind cluster down',
    measured: seconds(kind.downMs),
    goal: { text: '≤ 5 s', met: kind.downMs <= 5000 },
  });
}

const doctorMs = await orSkip('doctor', async () => await benchDoctor(chart));
if (doctorMs !== undefined) {
  add({
    what: `sluice doctor of a release with ${DOCTOR_SECRETS} secrets`,
    measured: seconds(doctorMs),
    goal: { text: '≤ 3 s', met: doctorMs <= 3000 },
  });
}

if (process.argv.includes('--all')) {
  say('one-time build and scenarios (a quarter of an hour)');
  const preparationMs = await benchPreparation(say);
  add({
    what: 'one-time build of what a cluster is made of',
    measured: `${(preparationMs / 60_000).toFixed(1)} min`,
    goal: { text: '≤ 12 min', met: preparationMs <= 12 * 60_000 },
  });
  const scenariosMs = await benchScenarios();
  add({
    what: 'every scenario in a cluster',
    measured: `${(scenariosMs / 60_000).toFixed(1)} min`,
    goal: { text: '≤ 4 min', met: scenariosMs <= 4 * 60_000 },
  });
}

process.stdout.write(
  [
    '| what | measured | goal | |',
    '|---|---|---|---|',
    ...rows.map(
      ({ what, measured, goal }) =>
        `| ${what} | ${measured} | ${goal?.text ?? ''} | ${goal ? (goal.met ? '✓' : '✗') : ''} |`,
    ),
    '',
  ].join('\n'),
);
process.exitCode = rows.some(({ goal }) => goal?.met === false) ? 1 : 0;
