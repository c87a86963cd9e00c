import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SluiceError } from '../errors.js';
import type { ValuesSource } from '../manifest/manifest.js';

/** A values file larger than this is refused: Kubernetes stores no object above 1.5 MiB. */
export const MAXIMUM_VALUES_BYTES = 8 * 1024 * 1024;

/**
 * Reads values files in their order; relative ones are taken from `cwd`, by default that of this process.
 *
 * @throws SluiceError `VALUES_MISSING`, `VALUES_UNREADABLE` or `VALUES_TOO_LARGE`, naming the file; exit code 2.
 */
export async function readValuesFiles(
  files: readonly string[],
  cwd: string = process.cwd(),
): Promise<ValuesSource[]> {
  return await Promise.all(files.map(async (file) => ({ file, text: await readValuesFile(file, cwd) })));
}

async function readValuesFile(file: string, cwd: string): Promise<string> {
  const handle = await open(resolve(cwd, file)).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    const { size } = await handle.stat();
    if (size > MAXIMUM_VALUES_BYTES) throw tooLarge(file, size);
    return await handle.readFile('utf8');
  } catch (error) {
    throw error instanceof SluiceError ? error : unreadable(file, error);
  } finally {
    await handle.close();
  }
}

function tooLarge(file: string, bytes: number): SluiceError {
  const megabytes = (bytes / 1024 / 1024).toFixed(1);
  return new SluiceError({
    code: 'VALUES_TOO_LARGE',
    message: `values file ${file}: ${megabytes} MiB is more than the ${MAXIMUM_VALUES_BYTES / 1024 / 1024} MiB that are read`,
    remedy: 'Kubernetes stores no object above 1.5 MiB; keep large data out of values.',
    exitCode: 2,
  });
}

function unreadable(file: string, error: unknown): SluiceError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    return new SluiceError({
      code: 'VALUES_MISSING',
      message: `values file ${file}: no such file`,
      remedy: 'Check the path; it is taken from the folder you are in.',
      exitCode: 2,
      cause: error,
    });
  }
  return new SluiceError({
    code: 'VALUES_UNREADABLE',
    message: `values file ${file}: cannot be read`,
    evidence: error instanceof Error ? error.message : String(error),
    exitCode: 2,
    cause: error,
  });
}
