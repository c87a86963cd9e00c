import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files below a folder that hold one of these texts, as they stand or in base64. */
export async function findTexts(folder: string, texts: readonly string[]): Promise<string[]> {
  const wanted = texts.flatMap((text) => [
    Buffer.from(text),
    // Where it stands in what is encoded as a whole is not known: three ways to begin.
    ...[0, 1, 2].map((offset) => encodeInside(text, offset)),
  ]);
  const found = await Promise.all(
    (await listFiles(folder)).map(async (file) => {
      // A file may go while we look.
      const bytes = await readFile(file).catch(() => Buffer.alloc(0));
      return wanted.some((text) => bytes.includes(text)) ? [file] : [];
    }),
  );
  return found.flat();
}

/** The files at any depth below a folder. Folders in it may go while we look, which `readdir` alone does not bear. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return await listFiles(path).catch(passOverGone);
      return entry.isFile() ? [path] : [];
    }),
  );
  return found.flat();
}

function passOverGone(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}

/** What base64 makes of a text that begins `offset` bytes after a multiple of three, without the ends. */
function encodeInside(text: string, offset: number): Buffer {
  const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
  const whole = encoded.replaceAll('=', '');
  return Buffer.from(whole.slice(offset === 0 ? 0 : 4, -2));
}
