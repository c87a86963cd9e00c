import { join } from 'node:path';
import { execa } from 'execa';
import type { RotationStep } from '../../harness/secrets/rotate/rotate-options.js';

export interface DyingRotation {
  names: readonly string[];
  /** Where backups and the log are kept. */
  folder: string;
  /** A dotenv file, or else a cluster with a namespace. */
  file?: string;
  cluster?: string;
  namespace?: string;
  /** Where it ends by SIGKILL. */
  dieAt: { step: RotationStep; state: 'begin' | 'end' };
}

/** Rotates in a process of its own, as the command line does, which kills itself in the middle. */
export async function dieRotating(rotation: DyingRotation) {
  const program = join(import.meta.dirname, 'rotate-and-die.mjs');
  return await execa(process.execPath, [program, JSON.stringify(rotation)], { reject: false });
}
