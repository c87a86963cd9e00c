import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CommandError } from '../../../harness/errors.js';
import { readProcessStart } from '../../../harness/exec/process-identity.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { COMPILED } from '../../helpers/compiled.js';

const node = process.execPath;

async function catchError(promise: Promise<unknown>): Promise<CommandError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CommandError)) throw new Error(`expected a CommandError, got ${String(error)}`);
  return error;
}

test('gives what a program printed on both streams, to the byte', async () => {
  const result = await runCommand(node, [
    '-e',
    'process.stdout.write("out\\n\\n"); process.stderr.write("err")',
  ]);
  expect(result).toMatchObject({ stdout: 'out\n\n', stderr: 'err', exitCode: 0 });
});

test('hands over standard input and closes it', async () => {
  const { stdout } = await runCommand(node, ['-e', 'process.stdin.pipe(process.stdout)'], { input: 'däta' });
  expect(stdout).toBe('däta');
});

test('reads neither stream to its end before the other', async () => {
  const script = 'const line = "x".repeat(1e5); process.stderr.write(line); process.stdout.write(line)';
  const { stdout, stderr } = await runCommand(node, ['-e', script]);
  expect([stdout.length, stderr.length]).toEqual([1e5, 1e5]);
});

test('a failed program is told with its exit code, its words and a line to paste', async () => {
  const error = await catchError(runCommand(node, ['-e', 'console.error("no such thing"); process.exit(7)']));
  expect(error).toMatchObject({ code: 'COMMAND_FAILED', programExitCode: 7, stderr: 'no such thing\n' });
  expect(error.message).toContain('exit code 7\nno such thing');
  expect(error.commandLine).toBe(`${node} -e 'console.error("no such thing"); process.exit(7)'`);
});

test('an exit code that is accepted is no failure', async () => {
  const { exitCode } = await runCommand(node, ['-e', 'process.exit(3)'], { acceptedExitCodes: [0, 3] });
  expect(exitCode).toBe(3);
});

test('a program that was killed is told as killed, not as timed out', async () => {
  const error = await catchError(runCommand(node, ['-e', 'process.kill(process.pid, "SIGKILL")']));
  expect(error).toMatchObject({ signal: 'SIGKILL', programExitCode: undefined });
  expect(error.message).toContain('ended by signal SIGKILL (9)');
});

test('a program that is not there is told as not startable', async () => {
  const error = await catchError(runCommand('/nowhere/helm', ['template']));
  expect(error.message).toContain('could not be started: ENOENT');
});

test('a program that runs too long is ended and told as too slow', async () => {
  const error = await catchError(runCommand(node, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 200 }));
  expect(error.message).toContain('not finished after 200 ms');
});

test('an abort ends the program and rethrows its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('interrupted');
  const running = runCommand(node, ['-e', 'setInterval(() => {}, 1000)'], { signal: controller.signal });
  controller.abort(reason);
  await expect(running).rejects.toBe(reason);
});

test('nothing is started once the signal is aborted', async () => {
  await expect(
    runCommand('/nowhere/helm', [], { signal: AbortSignal.abort(new Error('too late')) }),
  ).rejects.toThrow('too late');
});

test('lines of standard error are told as they come, and the whole is still there at the end', async () => {
  const lines: string[] = [];
  const script = 'process.stderr.write("one\\ntw"); process.stderr.write("o\\n")';
  const { stderr } = await runCommand(node, ['-e', script], { onErrorLine: (line) => lines.push(line) });
  expect(lines).toEqual(['one', 'two']);
  expect(stderr).toBe('one\ntwo\n');
});

test.each(['abort', 'kill'])(
  'what a group started ends with its leader, by %s',
  async (way) => {
    const controller = new AbortController();
    const pids: number[] = [];
    // The grandchild ignores SIGTERM and keeps the output open.
    const stubborn =
      'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.error(process.pid)';
    // It tells its number before there is anybody who could tell theirs first.
    const leader = `console.error(process.pid); const { spawn } = require("node:child_process");
    spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { stdio: "inherit" });
    setInterval(() => {}, 1000)`;
    const running = runCommand(node, ['-e', leader], {
      group: true,
      signal: controller.signal,
      onErrorLine: (line) => {
        pids.push(Number(line));
        if (pids.length < 2) return;
        if (way === 'abort') controller.abort(new Error('interrupted'));
        else process.kill(Number(pids[0]), 'SIGKILL');
      },
    });
    await expect(running).rejects.toThrow(way === 'abort' ? 'interrupted' : 'ended by signal SIGKILL');
    const living = pids.filter((pid) => readProcessStart(pid) !== undefined);
    expect(living).toEqual([]);
  },
  20_000,
);

test('a signal that nobody handles ends the harness and the group at once', async () => {
  const module = JSON.stringify(join(COMPILED, 'exec/run-command.js'));
  const script = `import { runCommand } from ${module};
    void runCommand('sleep', ['60']).catch(() => undefined);
    await runCommand(process.execPath, ['-e', 'console.error(process.pid); setInterval(() => {}, 1000)'], {
      group: true,
      onErrorLine: (line) => { console.log(line); process.kill(process.pid, 'SIGTERM'); },
    });`;
  const error = await catchError(
    runCommand(node, ['--input-type=module', '-e', script], { timeoutMs: 15_000 }),
  );
  expect(error.signal).toBe('SIGTERM');
  const pid = Number(error.stdout);
  expect(pid).toBeGreaterThan(0);
  await expect.poll(() => readProcessStart(pid), { timeout: 30_000 }).toBeUndefined();
}, 20_000);
