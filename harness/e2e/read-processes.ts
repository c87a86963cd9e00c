import { SluiceError } from '../errors.js';
import type { ContainerEnvironment } from '../manifest/container-environment.js';
import { revealValue } from '../manifest/env-value.js';

/** Runs a program in a node, and gives what it printed. */
export type RunInNode = (argv: readonly string[]) => Promise<string>;

/** The environment that a process was started with. */
export type ProcessEnvironment = ReadonlyMap<string, string>;

// A process that has ended meanwhile prints nothing; whatever a value holds, base64 is one line.
const PRINT = 'for pid; do base64 -w0 "/proc/$pid/environ" 2>/dev/null; echo; done';
const CTR = ['ctr', '--namespace=k8s.io'] as const;

/**
 * Reads the environments of containers' first processes from the kernel of the node that they run on, whatever their
 * images hold. `ids` are those of containerd; one that has ended is not in the answer.
 *
 * @throws SluiceError `PROCESSES_UNREADABLE`, which holds nothing of what was read.
 */
export async function readProcesses(
  run: RunInNode,
  ids: readonly string[],
): Promise<Map<string, ProcessEnvironment>> {
  if (ids.length === 0) return new Map();
  try {
    const tasks = parseTasks(await run([...CTR, 'tasks', 'ls']));
    const there = ids.flatMap((id) => {
      const pid = tasks.get(id);
      return pid === undefined ? [] : [{ id, pid }];
    });
    const lines = (await run(['sh', '-c', PRINT, 'sh', ...there.map(({ pid }) => pid)])).split('\n');
    return new Map(
      there.flatMap(({ id }, index) => {
        const line = lines[index] ?? '';
        return line === '' ? [] : [[id, parseEnvironment(Buffer.from(line, 'base64').toString('utf8'))]];
      }),
    );
  } catch {
    throw describeUnreadable();
  }
}

// The words of a program that failed half-way, or of a parser, may be half of what was to be printed.
function describeUnreadable(): SluiceError {
  return new SluiceError({
    code: 'PROCESSES_UNREADABLE',
    message: 'the environments of the processes cannot be read in the node',
    remedy: 'Leave the pods out: sluice e2e --no-pods',
  });
}

/**
 * The environment that the container runtime was told to start a container with: for a process that has written over
 * its own, as those do that show something else in `ps`.
 *
 * @throws SluiceError `PROCESSES_UNREADABLE`, which holds nothing of what was read.
 */
export async function readStartedWith(run: RunInNode, id: string): Promise<ProcessEnvironment> {
  try {
    const text = await run([...CTR, 'containers', 'info', '--spec', id]);
    const { process } = JSON.parse(text) as { process?: { env?: string[] } };
    return parseEnvironment((process?.env ?? []).join('\0'));
  } catch {
    throw describeUnreadable();
  }
}

/** PIDs by container, of `ctr tasks ls`. */
function parseTasks(text: string): Map<string, string> {
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/u));
  return new Map(rows.flatMap(([id = '', pid = '']) => (/^\d+$/u.test(pid) ? [[id, pid]] : [])));
}

/** A process's environment as the kernel keeps it: `NAME=value`, each ended by a zero byte. */
export function parseEnvironment(text: string): ProcessEnvironment {
  return new Map(
    text.split('\0').flatMap((entry) => {
      const end = entry.indexOf('=');
      return end < 1 ? [] : [[entry.slice(0, end), entry.slice(end + 1)]];
    }),
  );
}

/**
 * In what a process's environment is other than foretold: variables by name, no value. What is known only at run time
 * must be there; what an image or the runtime adds does not count.
 */
export function listUnlike(actual: ProcessEnvironment, { variables }: ContainerEnvironment): string[] {
  return variables.flatMap(({ name, value }) => {
    if (value.state === 'absent') return [];
    const [is, told] = [actual.get(name), revealValue(value)];
    if (is === undefined) return [`${name}: missing`];
    return told === undefined || is === told ? [] : [`${name}: another value`];
  });
}
