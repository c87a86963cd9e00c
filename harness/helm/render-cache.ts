import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCacheFolder } from '../toolchain/cache-folder.js';
import { writeFileWhole } from '../toolchain/write-file-whole.js';
import { buildTemplateArguments } from './build-arguments.js';
import type { RenderOptions } from './render-options.js';

/** Everything that decides what a render prints. */
export interface RenderInputs {
  /** SHA-256 of the program that renders: helm's own, or that of the library engine. */
  helmDigest: string;
  helmVersion: string;
  chartDigest: string;
  /** Texts of the values files, in their order. */
  valuesTexts: readonly string[];
  /** Contents of the files that `setFile` names, in their order. */
  setFileTexts: readonly string[];
  options: RenderOptions;
}

const FORMAT = 'sluice-render-1';
const KEPT_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The key of a render: any byte of any input that differs gives another one. Where files lie does not matter. */
export function computeRenderKey(inputs: RenderInputs): string {
  const { options } = inputs;
  const placeless = buildTemplateArguments({
    ...options,
    chart: '',
    valuesFiles: [],
    setFile: (options.setFile ?? []).map((assignment) => assignment.slice(0, assignment.indexOf('=') + 1)),
  });
  const parts = [
    FORMAT,
    inputs.helmDigest,
    inputs.helmVersion,
    inputs.chartDigest,
    JSON.stringify(placeless),
    JSON.stringify(options.values ?? null),
    JSON.stringify(inputs.valuesTexts),
    JSON.stringify(inputs.setFileTexts),
    ...(options.lookups === undefined ? [] : [JSON.stringify(options.lookups)]),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

/**
 * The rendered text kept under a key; undefined where there is none or where what is there is not whole.
 *
 * An entry begins with the digest of the rest, so that a torn or changed one is rebuilt instead of believed.
 */
export async function readCachedRender(cacheFolder: string, key: string): Promise<string | undefined> {
  const path = entryPath(cacheFolder, key);
  const data = await readFile(path, 'utf8').catch(() => undefined);
  if (data === undefined) return undefined;
  const end = data.indexOf('\n');
  const text = data.slice(end + 1);
  if (data.slice(0, Math.max(end, 0)) === formatHeader(text)) return text;
  await rm(path, { force: true });
  return undefined;
}

/** Keeps a rendered text. Where it can't be kept (no space, no rights) the render is still good: it gives false. */
export async function writeCachedRender(cacheFolder: string, key: string, text: string): Promise<boolean> {
  try {
    const entry = `${formatHeader(text)}\n${text}`;
    await writeFileWhole(entryPath(cacheFolder, key), entry).catch(async () => {
      await ensureCacheFolder(cacheFolder, 'renders', key.slice(0, 2));
      await writeFileWhole(entryPath(cacheFolder, key), entry);
    });
    return true;
  } catch {
    return false;
  }
}

/** Removes renders that are older than two weeks; looks at most once a day. */
export async function pruneRenderCache(cacheFolder: string, nowMs: number): Promise<void> {
  const folder = join(cacheFolder, 'renders');
  const marker = join(folder, '.pruned');
  const last = await stat(marker).catch(() => undefined);
  if (last !== undefined && nowMs - last.mtimeMs < DAY_MS) return;
  const groups = await readdir(folder).catch(() => []);
  if (groups.length === 0) return;
  try {
    await writeFileWhole(marker, '');
    await utimes(marker, nowMs / 1000, nowMs / 1000);
    for (const group of groups.filter((name) => !name.startsWith('.'))) {
      await pruneGroup(join(folder, group), nowMs);
    }
  } catch {
    // A cache that cannot be cleaned is no reason to fail the render it served.
  }
}

async function pruneGroup(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (nowMs - mtimeMs > KEPT_DAYS * DAY_MS) await rm(path, { force: true });
  }
}

function entryPath(cacheFolder: string, key: string): string {
  return join(cacheFolder, 'renders', key.slice(0, 2), key);
}

function formatHeader(text: string): string {
  return `${FORMAT} ${createHash('sha256').update(text).digest('hex')}`;
}
