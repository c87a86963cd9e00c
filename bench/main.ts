// `npm run bench`: every figure of the README, side by side in one run.
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { SluiceError } from '../harness/errors.js';
import { findHelm } from '../harness/toolchain/find-helm.js';
import { benchHelmUnittest } from './helm-unittest-bench.js';
import { benchRenders, RENDER_CASES } from './render-bench.js';
import { benchStartup } from './startup-bench.js';
import { benchValidation } from './validate-bench.js';

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
const times = (value: number): string => `${value.toFixed(2)} ×`;

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
try {
  const unittestMs = await benchHelmUnittest(chart, say);
  add({ what: `${RENDER_CASES} cases by helm-unittest 1.1.2`, measured: seconds(unittestMs) });
  add({ what: 'renders, cold ÷ helm-unittest', measured: times(renders.coldMs / unittestMs) });
  add({ what: 'renders, warm ÷ helm-unittest', measured: times(renders.warmMs / unittestMs) });
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  say(`  helm-unittest skipped: ${error.shortMessage}`);
}

say('validation');
const validation = await benchValidation(chart);
add({
  what: `${validation.manifests} manifests read and validated`,
  measured: `${Math.round(validation.manifestsPerSecond)} a second, ${Math.round(validation.parseShare * 100)} % of it reading YAML`,
});

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
