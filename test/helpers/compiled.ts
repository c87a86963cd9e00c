import { join } from 'node:path';
import { REPOSITORY } from './run-script.js';

/** The harness as Node alone runs it, compiled from what stands in `harness` before the tests begin. */
export const COMPILED = join(REPOSITORY, 'dist');

/** The program `sluice` of it. */
export const SLUICE = join(COMPILED, 'bin', 'sluice.js');
