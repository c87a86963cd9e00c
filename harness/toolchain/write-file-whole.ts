import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a file so that another process sees either all of it or none: beside it first, then renamed. */
export async function writeFileWhole(path: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  const draft = `${path}.${process.pid}.${randomUUID()}.part`;
  try {
    await writeFile(draft, data, { mode });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
