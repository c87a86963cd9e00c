import { runCommand } from './run-command.js';

/** Resident memory of processes in bytes by number, as `ps` tells it; those that have ended are left out. */
export async function measureMemory(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (pids.length === 0) return new Map();
  const { stdout } = await runCommand('ps', ['-o', 'pid=,rss=', '-p', pids.join()], {
    acceptedExitCodes: [0, 1],
  });
  return new Map(
    stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [pid, kibibytes] = line.trim().split(/\s+/u).map(Number);
        return [pid ?? 0, (kibibytes ?? 0) * 1024];
      }),
  );
}
