import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { SluiceError } from '../errors.js';

/** Whose file this is may read and write it, and nobody else. */
const PRIVATE = 0o600;

export interface WritePrivateFileOptions {
  /** Writes over an ordinary file that is there. Default false: what is there stays, whatever it is. */
  replace?: boolean;
}

/**
 * Writes a file that only its owner can read (mode 0600), all of it or nothing: on a full disk no part of it is left.
 *
 * A symbolic link in its place is never followed, and without `replace` nothing is ever written over.
 *
 * @throws SluiceError `FILE_EXISTS`, `FILE_NOT_ORDINARY` (a link, a folder, a device), `NO_SPACE`, `FILE_NOT_WRITTEN`.
 */
export async function writePrivateFile(
  path: string,
  text: string,
  { replace = false }: WritePrivateFileOptions = {},
): Promise<void> {
  await requireFree(path, replace);
  const draft = `${path}.${process.pid}.${randomUUID()}.part`;
  try {
    await writeDraft(draft, text);
    if (replace) await rename(draft, path);
    else await link(draft, path);
  } catch (error) {
    throw describeFailure(path, error);
  } finally {
    // After a rename it is gone already.
    await rm(draft, { force: true });
  }
}

async function writeDraft(draft: string, text: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE);
  try {
    await handle.writeFile(text, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function requireFree(path: string, replace: boolean): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw describeFailure(path, error);
  });
  if (found === undefined) return;
  if (!found.isFile()) {
    throw new SluiceError({
      code: 'FILE_NOT_ORDINARY',
      message: `${path}: not written, it is ${found.isSymbolicLink() ? 'a symbolic link' : 'no ordinary file'}`,
      remedy: 'Secrets are written to ordinary files only: name another place, or remove what is there.',
    });
  }
  if (!replace) throw describeExisting(path);
}

function describeExisting(path: string): SluiceError {
  return new SluiceError({
    code: 'FILE_EXISTS',
    message: `${path}: not written, there is a file already`,
    remedy: 'Name another file, or remove that one.',
  });
}

function describeFailure(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EEXIST') return describeExisting(path);
  const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT' || error.code === 'EFBIG';
  return new SluiceError({
    code: isFull ? 'NO_SPACE' : 'FILE_NOT_WRITTEN',
    message: `${path}: not written${isFull ? ', no space is left' : ''}`,
    evidence: error.message.replace(/\.\d+\.[\w-]+\.part/u, ''),
    remedy: isFull ? 'Free some space, or name a place on another disk. No part of it was kept.' : '',
  });
}
