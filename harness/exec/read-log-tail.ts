import { open } from 'node:fs/promises';

const LONGEST_TAIL_BYTES = 256 * 1024;

/** The last lines of a log file from a byte on, without blank ones; none where there is no such file. */
export async function readLogTail(path: string, lines = 20, fromByte = 0): Promise<string[]> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    const written = Math.max(0, size - fromByte);
    const length = Math.min(written, LONGEST_TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    const all = text.split(/\r?\n/u).filter((line) => line.trim() !== '');
    // The first one is cut off where the file is longer than what was read.
    return (length < written ? all.slice(1) : all).slice(-lines);
  } finally {
    await handle.close();
  }
}
