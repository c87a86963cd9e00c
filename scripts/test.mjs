// `npm test`: types, lint, generated files and every vitest project; one closing line that counts them all. With names of
// parts as arguments, those alone: checks, unit, chart, e2e, pods, kind.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { prepare, root } from './prepare.mjs';

const MISSING = 3;
const SHOWN_LINES = 30;

const POD_PROJECTS = ['kind', 'kind-restart', 'kind-engine'];

// Clusters come last: building what they are made of takes minutes the first time. The one for pods starts while scenarios
// without any still run, which leave the machine idle now and then.
const PARTS = {
  checks: runChecks,
  unit: runUnit,
  chart: runChart,
  e2e: async () => {
    const arePodsNext = names.indexOf('pods') > names.indexOf('e2e');
    if (arePodsNext && !process.env.SLUICE_E2E_CLUSTER) podsCluster = await holdKind();
    await runInCluster({ prepared: 'prepare-cluster.ts', projects: ['e2e'] });
  },
  pods: async () => {
    if (podsCluster === undefined)
      await runInCluster({ prepared: 'prepare-kind.ts', projects: POD_PROJECTS });
    else await runInHeld(podsCluster, POD_PROJECTS);
  },
  // Every scenario in kind, those that need no pods too.
  kind: async () => {
    process.env.SLUICE_E2E_PROVIDER = 'kind';
    await runInCluster({ prepared: 'prepare-kind.ts', projects: ['e2e', ...POD_PROJECTS] });
  },
};
const USUAL_PARTS = ['checks', 'unit', 'chart', 'e2e', 'pods'];

const bin = (name) => join('node_modules', '.bin', name);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  process.stderr.write(
    `error ${unknown.join(', ')}: no such part; there are ${Object.keys(PARTS).join(', ')}\n`,
  );
  process.exit(2);
}

let passed = 0;
let failed = 0;
let skipped = 0;
// Told once more in the end: what went wrong an hour ago is far up by then.
const failures = [];
// Whether renders can be counted, once that was asked.
let areToolsReady;
// Holds the cluster for pods, where another part has started it.
let podsCluster;
const names = wanted.length > 0 ? wanted : USUAL_PARTS;
prepare();
for (const name of names) {
  const start = performance.now();
  await PARTS[name]();
  process.stdout.write(`▸ ${name}: ${Math.round((performance.now() - start) / 1000)} s\n`);
}
for (const failure of failures) process.stdout.write(`\n✗ ${failure}\n`);
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = failed > 0 ? 1 : 0;

async function runChecks() {
  const checks = [
    ['types', bin('tsc'), ['-p', '.']],
    ['lint and format', bin('biome'), ['check', '--error-on-warnings', '.']],
    ['generated files are current', bin('tsx'), ['scripts/generate-chart-files.ts', '--check']],
  ];
  for (const [name, file, args] of checks) {
    process.stdout.write(`▸ ${name} `);
    const start = performance.now();
    const { code, output } = await runQuietly(file, args);
    process.stdout.write(`${code === 0 ? '✓' : '✗'} ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
    count({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });
    if (code === 0) continue;
    process.stdout.write(output);
    failures.push(`${name}\n${indent(output)}`);
  }
}

async function runUnit() {
  await prepareTools();
  count(await runVitest(['unit']));
}

// What tests would else fetch and build within the time that one test has. Gives whether renders can be counted; all else
// is told by the tests that miss it.
async function prepareTools() {
  areToolsReady ??= (async () => {
    await runShown(bin('tsx'), [join('scripts', 'prepare-helms.ts')]);
    return (await runShown(bin('tsx'), [join('scripts', 'prepare-engine.ts')])) === 0;
  })();
  return await areToolsReady;
}

// With what the chart's tests touch of it counted, where that can be.
async function runChart() {
  if (await prepareTools()) process.env.SLUICE_CHART_COVERAGE = '1';
  else {
    process.stdout.write('↓ coverage of the chart skipped, for the reason above\n');
    count({ passed: 0, failed: 0, skipped: 1 });
  }
  count(await runVitest(['chart']));
  delete process.env.SLUICE_CHART_COVERAGE;
}

async function runInCluster({ prepared, projects }) {
  const code = await runShown(bin('tsx'), [join('scripts', prepared)]);
  if (code === 0) {
    count(await runVitest(projects));
    return;
  }
  if (code === MISSING) await skip(projects);
  else fail(`scripts/${prepared} failed with exit code ${code}`);
}

async function skip(projects) {
  const files = await listTestFiles(projects);
  for (const file of files)
    process.stdout.write(`↓ ${file} skipped: no cluster here, for the reason above\n`);
  count({ passed: 0, failed: 0, skipped: files.length });
}

function fail(text) {
  failures.push(text);
  count({ passed: 0, failed: 1, skipped: 0 });
}

/** Starts the cluster for pods while others run; undefined where it cannot be prepared, which its own part tells. */
async function holdKind() {
  const code = await runShown(bin('tsx'), [join('scripts', 'prepare-kind.ts')]);
  if (code !== 0) return undefined;
  const args = ['--import', 'tsx', join('scripts', 'hold-kind.ts')];
  // It takes the cluster away when its input ends, as that does with this process in any case.
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  const ended = new Promise((resolve) => child.on('close', (status) => resolve(status ?? 130)));
  const ready = new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())));
  return { name: Promise.race([ready, ended.then(() => undefined)]), ended, stop: () => child.stdin.end() };
}

async function runInHeld({ name, ended, stop }, projects) {
  const cluster = await name;
  if (cluster !== undefined) {
    process.env.SLUICE_E2E_CLUSTER = cluster;
    count(await runVitest(projects));
    delete process.env.SLUICE_E2E_CLUSTER;
    stop();
  }
  const code = await ended;
  if (cluster === undefined && code === MISSING) await skip(projects);
  else if (code !== 0) fail(`scripts/hold-kind.ts failed with exit code ${code}`);
}

function count(totals) {
  passed += totals.passed;
  failed += totals.failed;
  skipped += totals.skipped;
}

async function listTestFiles(projects) {
  const { output } = await runQuietly(bin('vitest'), ['list', '--filesOnly', ...chooseProjects(projects)]);
  return output.split('\n').flatMap((line) => /test\/\S+\.test\.ts/u.exec(line)?.[0] ?? []);
}

function chooseProjects(projects) {
  return projects.flatMap((name) => ['--project', name]);
}

async function runVitest(projects) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  const report = join(folder, 'report.json');
  process.env.SLUICE_TEST_JSON = '1';
  const code = await runShown(bin('vitest'), [
    'run',
    ...chooseProjects(projects),
    `--outputFile.json=${report}`,
  ]);
  delete process.env.SLUICE_TEST_JSON;
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    failures.push(...describeFailures(testResults));
    // A file that cannot even be loaded, or an error outside of every test, fails the run without failing a test.
    const silent = code !== 0 && numFailedTests === 0;
    if (silent) failures.push(`vitest ${projects.join(', ')} ended with exit code ${code}`);
    return {
      passed: numPassedTests,
      failed: silent ? 1 : numFailedTests,
      skipped: numPendingTests + numTodoTests,
    };
  } catch (error) {
    failures.push(`vitest ${projects.join(', ')} left no report: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describeFailures(testResults) {
  return testResults.flatMap(({ name, message, status, assertionResults }) => {
    const file = relative(root, name);
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && tests.length === 0) return [`${file}\n${indent(message)}`];
    return tests.map(
      ({ fullName, failureMessages }) => `${file}: ${fullName}\n${indent(failureMessages.join('\n'))}`,
    );
  });
}

function indent(text) {
  const lines = stripVTControlCharacters(text).trim().split('\n');
  const shown = lines.slice(0, SHOWN_LINES);
  if (lines.length > shown.length) shown.push('…');
  return shown.map((line) => `    ${line}`).join('\n');
}

function runQuietly(file, args) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.on('error', (error) => resolve({ code: MISSING, output: `${error.message}\n` }));
    child.on('close', (status) => resolve({ code: status ?? 130, output }));
  });
}

function runShown(file, args) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, stdio: 'inherit' });
    child.on('error', () => resolve(MISSING));
    child.on('close', (status) => resolve(status ?? 130));
  });
}
