import { readdirSync, readFileSync } from 'node:fs';
import { identifyProcess, type ProcessIdentity } from '../exec/process-identity.js';

/**
 * The first process of a container as this machine numbers it; undefined where the engine runs on another one.
 *
 * What the engine says its number is counts in the engine's own namespace, which may not be this machine's.
 */
export function findContainerProcess(containerId: string): ProcessIdentity | undefined {
  const candidates = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    // Its cgroup, whichever driver made it, has the container's name; so have those of processes deeper in it.
    .filter((name) => readText(`/proc/${name}/cgroup`).includes(containerId))
    .map((name) => ({ pid: Number(name), numbers: readNumbers(name) }))
    .filter(({ numbers }) => numbers.at(-1) === '1')
    .sort((a, b) => a.numbers.length - b.numbers.length);
  const [first] = candidates;
  return first === undefined ? undefined : identifyProcess(first.pid);
}

// One number for every namespace it is in, from ours inwards.
function readNumbers(pid: string): string[] {
  const line = /^NSpid:\s*(.*)$/mu.exec(readText(`/proc/${pid}/status`))?.[1] ?? '';
  return line.split(/\s+/u);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
