import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ensureCacheFolder } from './cache-folder.js';
import { writeFileWhole } from './write-file-whole.js';

/** What a program is: the digest of its file and what it says of itself. */
export interface ProgramIdentity {
  version: string;
  /** SHA-256 of the program's file, in hex. */
  digest: string;
}

export interface IdentifyOptions {
  cacheFolder: string;
  askVersion: (path: string) => Promise<string>;
}

/**
 * Tells which program a path leads to, without starting it where it was identified before.
 *
 * The memory is keyed by the file's device, inode, size, modification and change time: the last cannot be set by
 * any program, so a changed file is another key. Scripts (version managers' shims) are asked every time, because
 * what they start can change while they do not.
 */
export async function identifyProgram(path: string, options: IdentifyOptions): Promise<ProgramIdentity> {
  const file = await realpath(path);
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  const key = createHash('sha256')
    .update(`${file}\0${dev}\0${ino}\0${size}\0${mtimeNs}\0${ctimeNs}`)
    .digest('hex');
  const memory = join(options.cacheFolder, 'programs', `${key}.json`);
  const script = await isScript(file);
  const known = script ? undefined : await readIdentity(memory);
  if (known !== undefined) return known;
  const version = await options.askVersion(path);
  const identity = { version, digest: await digestFile(file) };
  if (!script) {
    await ensureCacheFolder(options.cacheFolder, 'programs');
    await writeFileWhole(memory, JSON.stringify(identity));
  }
  return identity;
}

async function isScript(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString('latin1') === '#!';
  } finally {
    await handle.close();
  }
}

async function readIdentity(path: string): Promise<ProgramIdentity | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isIdentity(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isIdentity(value: unknown): value is ProgramIdentity {
  if (typeof value !== 'object' || value === null || !('version' in value) || !('digest' in value))
    return false;
  return typeof value.version === 'string' && typeof value.digest === 'string';
}

async function digestFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
