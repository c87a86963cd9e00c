import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that can be told from a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it was started, in the words of this machine; only ever compared. */
  start: string;
}

/**
 * When a living process was started; undefined where there is none or only its exit code is left (a zombie).
 *
 * Linux tells it in clock ticks since the boot, other systems by `ps` to the second.
 */
export function readProcessStart(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return process.platform === 'linux' ? readFromProc(pid) : readFromPs(pid);
}

/** The identity of a process that was started just now. */
export function identifyProcess(pid: number): ProcessIdentity {
  // One that has ended already is never found again, whatever takes its number.
  return { pid, start: readProcessStart(pid) ?? 'ended' };
}

/** True while this very process lives. */
export function isRunning({ pid, start }: ProcessIdentity): boolean {
  const now = readProcessStart(pid);
  return now !== undefined && now === start;
}

let bootId: string | undefined;

function readFromProc(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in parentheses may hold blanks and parentheses itself; the fields after it do not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  bootId ??= readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return `${bootId}:${fields[19]}`;
}

function readFromPs(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [state = '', ...start] = text.split(/\s+/u);
    return state === '' || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
