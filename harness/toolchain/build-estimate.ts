import { availableParallelism } from 'node:os';

export interface BuildProgress {
  compiledCount: number;
  /** Packages that have to be compiled. */
  staleCount: number;
  /** All packages of the program. */
  packageCount: number;
  elapsedSeconds: number;
  /** Processor time of compiling all packages, where it was ever measured. */
  expectedCpuSeconds?: number | undefined;
  /** Processors to share it. Default: those of this machine. */
  parallelism?: number;
}

/**
 * How far a build is and how long it may take, in words: `42 % of 2867 packages, 1 min 40 s gone, about 2 min left`.
 *
 * At first the estimate is what was measured elsewhere; it gives way to what is seen as the build goes on.
 */
export function estimateBuild(progress: BuildProgress): string {
  const { compiledCount, staleCount, elapsedSeconds } = progress;
  const gone = `${formatSeconds(elapsedSeconds)} gone`;
  if (staleCount <= 1 || compiledCount >= staleCount) return `linking, ${gone}`;
  const done = compiledCount / staleCount;
  const parts = [`${Math.floor(done * 100)} % of ${staleCount} packages`, gone];
  const total = estimateTotal(progress, done);
  if (total !== undefined) parts.push(`about ${formatRoughly(Math.max(total - elapsedSeconds, 1))} left`);
  return parts.join(', ');
}

function estimateTotal(progress: BuildProgress, done: number): number | undefined {
  const { staleCount, packageCount, elapsedSeconds, expectedCpuSeconds } = progress;
  const seen = done > 0 ? elapsedSeconds / done : undefined;
  if (expectedCpuSeconds === undefined) return done > 0.1 ? seen : undefined;
  const parallelism = progress.parallelism ?? availableParallelism();
  const expected = (expectedCpuSeconds * (staleCount / packageCount)) / parallelism;
  return seen === undefined ? expected : expected * (1 - done) + seen * done;
}

function formatSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function formatRoughly(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds / 10) * 10} s` : `${Math.round(seconds / 60)} min`;
}
