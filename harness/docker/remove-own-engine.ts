import { existsSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { killProcessNow, stopProcess } from '../exec/stop-process.js';
import { waitUntil } from '../exec/wait-until.js';
import { nameCable } from './choose-cable.js';
import type { EngineRecord } from './docker-engine.js';
import { removeCgroups } from './engine-cgroups.js';

const GRACE_MS = 10_000;
const GONE_WITHIN_MS = 10_000;

/**
 * Takes an engine of our own away by what is written down of it: its processes, containers and network, its cgroups
 * and its folder. Also where all of its processes were killed, or the machine went down.
 *
 * @throws SluiceError `PROCESS_UNSTOPPABLE`, or `NOT_IN_TIME` with what is still there.
 */
export async function removeOwnEngine(record: EngineRecord): Promise<void> {
  // Its first process waits for all others.
  if (record.process !== undefined) await stopProcess(record.process, GRACE_MS);
  await waitUntil(() => removeCgroups(record.id), {
    what: `Docker engine ${record.id}: its containers gone`,
    timeoutMs: GONE_WITHIN_MS,
    intervalMs: 20,
  });
  await waitUntil(async () => await rm(record.folder, { recursive: true, force: true }), {
    what: `Docker engine ${record.id}: folder ${record.folder} removed`,
    timeoutMs: GONE_WITHIN_MS,
  });
  await waitUntil(() => requireNoCable(record), {
    what: `Docker engine ${record.id}: its network gone`,
    timeoutMs: GONE_WITHIN_MS,
    intervalMs: 20,
  });
}

const NOW_TRIES = 150;
const NOW_PAUSE_MS = 20;

/** As `removeOwnEngine`, when nothing can be awaited any more: for the end of this process. */
export function removeOwnEngineNow(record: EngineRecord): void {
  if (record.process !== undefined) killProcessNow(record.process);
  for (let attempt = 0; attempt < NOW_TRIES && !isRemovedNow(record); attempt += 1) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, NOW_PAUSE_MS);
  }
}

// The kernel takes a moment to end what was killed, and some of that may still be writing.
function isRemovedNow(record: EngineRecord): boolean {
  try {
    removeCgroups(record.id);
    rmSync(record.folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

// The kernel removes it with the network of its other end, and does that in its own time.
function requireNoCable({ hostAddress }: EngineRecord): void {
  const name = nameCable(hostAddress);
  if (existsSync(join('/sys/class/net', name))) throw new Error(`interface ${name} is there`);
}
