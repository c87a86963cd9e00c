import { createHash } from 'node:crypto';
import { type BigIntStats, readdirSync, realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { SluiceError } from '../errors.js';

/** What a chart's files hold, told by one digest. */
export interface ChartScan {
  /** SHA-256 over every file's path and bytes, in hex. */
  digest: string;
  /** The first template function found whose result differs from render to render, such as `randAlphaNum`. */
  randomFunction: string | undefined;
}

interface ScannedFile {
  digest: string;
  randomFunction: string | undefined;
  /** Undefined while the file is so young that a write within the same clock tick could go unseen. */
  fingerprint: string | undefined;
}

// A write within one tick of the file system's clock can go unseen: of a clock that tells fractions of a second for
// far less than this, of one that does not for two seconds.
const FINE_TICK_MS = 50;
const COARSE_TICK_MS = 2000;

const RANDOM_FUNCTIONS =
  /\b(rand(?:AlphaNum|Alpha|Ascii|Numeric|Bytes|Int)|uuidv4|now|gen(?:PrivateKey|CA|CAWithKey|SelfSignedCert|SelfSignedCertWithKey|SignedCert|SignedCertWithKey)|htpasswd|bcrypt|encryptAES|shuffle|getHostByName)\b/u;

const scannedFiles = new Map<string, ScannedFile>();

/**
 * Reads every file of a chart (a folder or an archive) and digests it.
 *
 * Files that have not changed since this process last read them are not read again: told by device, inode, size,
 * modification and change time, and only once the file is older than any clock's tick.
 *
 * Files are looked at synchronously: a chart has some sixty, and asking the thread pool for each costs more than the
 * answer.
 *
 * @throws SluiceError `CHART_MISSING`, `CHART_UNREADABLE`, `CHART_SYMLINK` where a link leads out of the chart.
 */
export async function scanChart(chart: string, cwd: string = process.cwd()): Promise<ChartScan> {
  const root = resolveChart(chart, cwd);
  const info = statSync(root);
  const files = info.isDirectory() ? listFiles(root) : [root];
  if (info.isDirectory() && !files.includes(join(root, 'Chart.yaml'))) {
    throw missing(chart, 'there is no Chart.yaml in it');
  }
  const hash = createHash('sha256');
  let randomFunction: string | undefined;
  for (const file of files) {
    const scanned = findScanned(file) ?? (await scanFile(file));
    hash.update(`${relative(root, file).split(sep).join('/')}\0${scanned.digest}\n`);
    randomFunction ??= scanned.randomFunction;
  }
  return { digest: hash.digest('hex'), randomFunction };
}

function resolveChart(chart: string, cwd: string): string {
  try {
    return realpathSync(resolve(cwd, chart));
  } catch (error) {
    throw missing(chart, 'no such folder or archive', error);
  }
}

function missing(chart: string, evidence: string, cause?: unknown): SluiceError {
  return new SluiceError({
    code: 'CHART_MISSING',
    message: `chart ${chart}: not a chart`,
    evidence,
    remedy: 'Name the folder that holds Chart.yaml, or a packed chart, with --chart.',
    exitCode: 2,
    cause,
  });
}

function listFiles(root: string): string[] {
  const files: string[] = [];
  const open = [{ folder: root, seen: [root] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of readdirSync(next.folder, { withFileTypes: true })) {
      const path = join(next.folder, entry.name);
      const target = entry.isSymbolicLink() ? followInside(root, path) : path;
      const isFolder = entry.isSymbolicLink() ? statSync(target).isDirectory() : entry.isDirectory();
      if (!isFolder) files.push(path);
      else if (!next.seen.includes(target)) open.push({ folder: path, seen: [...next.seen, target] });
    }
  }
  return files.sort();
}

function followInside(root: string, link: string): string {
  const target = resolveLink(link);
  if (target?.startsWith(root + sep)) return target;
  throw new SluiceError({
    code: 'CHART_SYMLINK',
    message: `chart file ${link}: a link that leads out of the chart`,
    evidence: target === undefined ? 'its target does not exist' : `it leads to ${target}`,
    remedy: 'Copy the file into the chart: a packed chart has no links.',
  });
}

function resolveLink(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined;
  }
}

function findScanned(path: string): ScannedFile | undefined {
  const known = scannedFiles.get(path);
  if (known?.fingerprint === undefined) return undefined;
  return known.fingerprint === formatFingerprint(statSync(path, { bigint: true })) ? known : undefined;
}

const scansUnderWay = new Map<string, Promise<ScannedFile>>();

// Renders that start together read each file once, as long as it is old enough for its fingerprint to be believed.
async function scanFile(path: string): Promise<ScannedFile> {
  const info = statSync(path, { bigint: true });
  const tickMs = info.ctimeNs % 1_000_000_000n === 0n ? COARSE_TICK_MS : FINE_TICK_MS;
  const settled = Date.now() - Number(info.ctimeMs) > tickMs;
  const fingerprint = settled ? formatFingerprint(info) : undefined;
  if (fingerprint === undefined) return await readScanned(path, undefined);
  const key = `${path}\0${fingerprint}`;
  const scan = scansUnderWay.get(key) ?? readScanned(path, fingerprint);
  scansUnderWay.set(key, scan);
  try {
    return await scan;
  } finally {
    scansUnderWay.delete(key);
  }
}

async function readScanned(path: string, fingerprint: string | undefined): Promise<ScannedFile> {
  const data = await readFile(path).catch((error: unknown) => {
    throw new SluiceError({
      code: 'CHART_UNREADABLE',
      message: `chart file ${path}: cannot be read`,
      evidence: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  });
  const scanned: ScannedFile = {
    digest: createHash('sha256').update(data).digest('hex'),
    randomFunction: /\.(ya?ml|tpl|txt)$/u.test(path) ? findRandomFunction(data.toString('utf8')) : undefined,
    fingerprint,
  };
  scannedFiles.set(path, scanned);
  return scanned;
}

function findRandomFunction(text: string): string | undefined {
  for (const [action] of text.matchAll(/\{\{(?!-?\s*\/\*)[\s\S]*?\}\}/gu)) {
    const found = RANDOM_FUNCTIONS.exec(action.replaceAll(/"(?:[^"\\]|\\.)*"/gu, '""'));
    if (found?.[1] !== undefined) return found[1];
  }
  return undefined;
}

function formatFingerprint({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}
