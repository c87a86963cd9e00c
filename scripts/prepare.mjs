// Runs with Node alone: installs the packages and compiles the harness where either is missing or out of date.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = [20, 19];

export function prepare() {
  requireNode();
  const installed = join(root, 'node_modules', '.sluice-installed');
  once('packages', { stamp: installed, key: digest(['package-lock.json', '.node']) }, () => {
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  });
  const sources = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', ...list('harness')];
  once('harness', { stamp: join(root, 'dist', '.sluice-built'), key: digest(sources) }, () => {
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
    for (const name of readdirSync(join(root, 'dist', 'bin'))) {
      if (name.endsWith('.js')) chmodSync(join(root, 'dist', 'bin', name), 0o755);
    }
  });
}

/** Runs a program in the repository, its output shown; ends this process with its exit code where that is not 0. */
export function run(file, args) {
  const { status, signal, error } = spawnSync(file, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) fail(`${file} could not be started: ${error.message}`);
  if (signal !== null) process.exit(130);
  if (status !== 0) process.exit(status);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(
    `Node ${process.versions.node} is older than ${OLDEST_NODE.join('.')}: install a newer one (https://nodejs.org).`,
  );
}

function once(what, { stamp, key }, make) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  const start = performance.now();
  process.stderr.write(`preparing ${what} …\n`);
  make();
  writeFileSync(stamp, key);
  process.stderr.write(`prepared ${what} in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const text = file === '.node' ? process.versions.modules : readFileSync(join(root, file));
    hash.update(`${file}\0`).update(text);
  }
  return hash.digest('hex');
}

function list(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}

function fail(text) {
  process.stderr.write(`error ${text}\n`);
  process.exit(3);
}
