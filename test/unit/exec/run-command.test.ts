import { expect, test } from 'vitest';
import { CommandError } from '../../../harness/errors.js';
import { runCommand } from '../../../harness/exec/run-command.js';

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
