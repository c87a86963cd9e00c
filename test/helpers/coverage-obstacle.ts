import { findProgram } from '../../harness/toolchain/find-program.js';
import { findBuiltHelmEngine } from '../../harness/toolchain/helm-engine-program.js';

/** Why nothing can be counted here, to be put behind a name; undefined where it can. */
export const coverageObstacle: string | undefined =
  (await findProgram('go')) === undefined && (await findBuiltHelmEngine()) === undefined
    ? ': Go is not on PATH, and the engine is not built'
    : undefined;
