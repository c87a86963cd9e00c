import { setTimeout as delay } from 'node:timers/promises';
import { SluiceError } from '../errors.js';
import { isRunning, type ProcessIdentity } from './process-identity.js';

const POLL_MS = 20;
const KILLED_WITHIN_MS = 10_000;

/**
 * Ends a process and the group it leads: SIGTERM, after `graceMs` SIGKILL. Nothing happens where it has ended, also
 * where its number belongs to another process by now.
 *
 * @throws SluiceError `PROCESS_UNSTOPPABLE` when it is still there ten seconds after SIGKILL.
 */
export async function stopProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (!isRunning(identity)) return;
  signalGroup(identity.pid, 'SIGTERM');
  if (!(await endsWithin(identity, graceMs))) {
    signalGroup(identity.pid, 'SIGKILL');
    if (!(await endsWithin(identity, KILLED_WITHIN_MS))) throw unstoppable(identity);
  }
  killRest(identity.pid);
}

/** Ends a process group at once, for where nothing can be awaited any more. */
export function killProcessNow(identity: ProcessIdentity): void {
  if (isRunning(identity)) signalGroup(identity.pid, 'SIGKILL');
}

/** Ends what a leader that has just ended left in its group. */
export function killRest(pid: number): void {
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nobody left. EPERM: macOS's answer where only zombies are.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) {
      throw error;
    }
  }
}

async function endsWithin(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (isRunning(identity)) {
    if (performance.now() >= end) return false;
    await delay(POLL_MS);
  }
  return true;
}

function unstoppable({ pid }: ProcessIdentity): SluiceError {
  return new SluiceError({
    code: 'PROCESS_UNSTOPPABLE',
    message: `process ${pid}: still there 10 s after SIGKILL`,
    remedy: 'It hangs in the kernel, most often on a disk or a network file system: look at that.',
  });
}
