import { setTimeout as delay } from 'node:timers/promises';
import { endWithProcess } from './end-with-process.js';

export interface EndGroupOptions {
  /** Between SIGTERM and SIGKILL. */
  graceMs: number;
  /** How often the group is looked at. Default 20. */
  pollMs?: number;
}

// A group of nothing but zombies that nobody reaps exists for ever: after SIGKILL no more than this is waited.
const KILLED_WITHIN_MS = 2000;

/** Ends every process of a group, the leader's descendants included: SIGTERM, and after a grace SIGKILL. */
export async function endGroup(leader: number, { graceMs, pollMs = 20 }: EndGroupOptions): Promise<void> {
  if (!signalGroup(leader, 'SIGTERM')) return;
  if (await isGone(leader, { graceMs, pollMs })) return;
  signalGroup(leader, 'SIGKILL');
  await isGone(leader, { graceMs: KILLED_WITHIN_MS, pollMs });
}

/** Kills a group at once if this process ends first, be it by a signal. Gives the way to call that off. */
export function killGroupOnExit(leader: number): () => void {
  return endWithProcess(() => {
    signalGroup(leader, 'SIGKILL');
  });
}

async function isGone(leader: number, { graceMs, pollMs }: Required<EndGroupOptions>): Promise<boolean> {
  const end = Date.now() + graceMs;
  while (signalGroup(leader, 0)) {
    if (Date.now() >= end) return false;
    await delay(pollMs);
  }
  return true;
}

/** False where the group has no processes any more. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    // EPERM: macOS answers so for a group of zombies.
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))
      return false;
    throw error;
  }
}
