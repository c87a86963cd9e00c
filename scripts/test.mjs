// `npm test`: types, lint, generated files and every vitest project; one closing line that counts them all.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();

const bin = (name) => join('node_modules', '.bin', name);

const checks = [
  ['types', bin('tsc'), ['-p', '.']],
  ['lint and format', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['generated files are current', bin('tsx'), ['scripts/generate-chart-files.ts', '--check']],
];

let passed = 0;
let failed = 0;
let skipped = 0;
for (const [name, file, args] of checks) {
  process.stdout.write(`▸ ${name} `);
  const start = performance.now();
  const { code, output } = await runQuietly(file, args);
  process.stdout.write(`${code === 0 ? '✓' : '✗'} ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  if (code === 0) passed += 1;
  else {
    failed += 1;
    process.stdout.write(output);
  }
}

count(await runVitest(['unit', 'chart']));

// The cluster comes last and alone: what it needs of the machine would slow the others, and they it. Building what it
// is made of takes minutes the first time.
const missing = await runShown(bin('tsx'), ['scripts/prepare-cluster.ts']);
if (missing === 0) count(await runVitest(['e2e']));
else skipCluster();

process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = failed > 0 ? 1 : 0;

function count(totals) {
  passed += totals.passed;
  failed += totals.failed;
  skipped += totals.skipped;
}

function skipCluster() {
  const files = readdirSync(join(root, 'test', 'e2e')).filter((name) => name.endsWith('.test.ts'));
  for (const name of files)
    process.stdout.write(`↓ test/e2e/${name} skipped: no cluster here, for the reason above\n`);
  count({ passed: 0, failed: 0, skipped: files.length });
}

async function runVitest(projects) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  const report = join(folder, 'report.json');
  const code = await runShown(bin('vitest'), [
    'run',
    ...projects.flatMap((name) => ['--project', name]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    // A file that cannot even be loaded fails the run without failing a test.
    const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests;
    return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runQuietly(file, args) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.on('error', (error) => resolve({ code: 3, output: `${error.message}\n` }));
    child.on('close', (status) => resolve({ code: status ?? 130, output }));
  });
}

function runShown(file, args) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, stdio: 'inherit' });
    child.on('error', () => resolve(3));
    child.on('close', (status) => resolve(status ?? 130));
  });
}
