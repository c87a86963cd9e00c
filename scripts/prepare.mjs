// Runs with Node alone: installs the packages and compiles the harness where either is missing or out of date.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = [20, 19];
const DIST = join(root, 'dist');
const BUILT = join(DIST, '.sluice-built');
const TSC = [join('node_modules', 'typescript', 'bin', 'tsc')];

export function prepare() {
  requireNode();
  const installed = join(root, 'node_modules', '.sluice-installed');
  once('packages', { stamp: installed, key: digest(['package-lock.json', '.node']) }, () => {
    // Tests need what is for development too, whatever NODE_ENV says.
    run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  });
  const key = digest(listSources());
  once('harness', { stamp: BUILT, key }, () => {
    // Types are one of the checks of `npm test`: here they would take half of the time.
    const args = ['-p', 'tsconfig.build.json', '--noCheck', '--outDir'];
    replaceDist((folder) => run(process.execPath, [...TSC, ...args, folder]));
  });
}

/** Has in `dist` what the sources say, for tests: takes a second after a change, looks at no types and declares none. */
export async function transpile() {
  const sources = listSources();
  if (existsSync(BUILT) && readFileSync(BUILT, 'utf8') === digest(sources)) return;
  const stamp = join(DIST, '.sluice-sources');
  const before = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : {};
  const now = Object.fromEntries(sources.map((file) => [file, digest([file])]));
  if (JSON.stringify(before) === JSON.stringify(now)) return;
  const { default: ts } = await import('typescript');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  // One file at a time cannot see package.json, which says that all are modules.
  const compilerOptions = { ...config.compilerOptions, module: 'ESNext', moduleResolution: 'bundler' };
  replaceDist((folder) => {
    for (const file of list('harness').filter((name) => name.endsWith('.ts'))) {
      const name = relative('harness', file).replace(/\.ts$/u, '.js');
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      if (before[file] === now[file]) copyFileSync(join(DIST, name), join(folder, name));
      else
        writeFileSync(
          join(folder, name),
          ts.transpile(readFileSync(join(root, file), 'utf8'), compilerOptions),
        );
    }
    writeFileSync(join(folder, '.sluice-sources'), JSON.stringify(now));
  });
}

function listSources() {
  return ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', ...list('harness')];
}

// Made aside and then put in place at once: something may be running what is there.
function replaceDist(make) {
  const made = join(root, '.cache', `dist-${process.pid}`);
  const clean = () => {
    for (const folder of [made, `${made}.old`]) rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', clean);
  try {
    make(made);
    for (const name of readdirSync(join(made, 'bin'))) {
      if (name.endsWith('.js')) chmodSync(join(made, 'bin', name), 0o755);
    }
    putInPlace(made);
  } finally {
    clean();
    process.off('exit', clean);
  }
}

// Another process may do the same at the same time: what it has put there meanwhile is moved away in its turn.
function putInPlace(made) {
  for (;;) {
    rmSync(`${made}.old`, { recursive: true, force: true });
    unless(['ENOENT'], () => renameSync(DIST, `${made}.old`));
    if (unless(['ENOTEMPTY', 'EEXIST'], () => renameSync(made, DIST))) return;
  }
}

/** False where it fails with one of these codes. */
function unless(codes, act) {
  try {
    act();
    return true;
  } catch (error) {
    if (codes.includes(error.code)) return false;
    throw error;
  }
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
