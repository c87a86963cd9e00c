import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { CommandError, SluiceError } from '../../../harness/errors.js';
import { isRunning, type ProcessIdentity, readProcessStart } from '../../../harness/exec/process-identity.js';
import { type StartedProcess, startProcess } from '../../../harness/exec/start-process.js';
import { stopProcess } from '../../../harness/exec/stop-process.js';
import { waitUntil } from '../../../harness/exec/wait-until.js';
import { COMPILED } from '../../helpers/compiled.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const SLEEP = 'setInterval(() => {}, 1000);';

async function start(script: string, options: { graceMs?: number } = {}): Promise<StartedProcess> {
  const logFile = join(await makeTempFolder(), 'program.log');
  const program = await startProcess({
    name: 'program',
    file: process.execPath,
    args: ['-e', script],
    logFile,
    ...options,
  });
  onTestFinished(async () => await program.stop());
  return program;
}

async function waitForLine(program: StartedProcess, line: string): Promise<void> {
  await program.waitFor(
    async () => {
      if (!(await program.readLog()).includes(line)) throw new Error(`no line ${line}`);
    },
    { what: line, timeoutMs: 10_000, intervalMs: 20 },
  );
}

async function catchError(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

test('a program that dies is reported at once with its exit code and its last words, not as late', async () => {
  const program = await start('console.error("etcd: no space left"); process.exit(7)');
  const error = await catchError(
    program.waitFor(() => Promise.reject(new Error('not ready')), { what: 'ready', timeoutMs: 600_000 }),
  );
  expect(error).toBeInstanceOf(CommandError);
  expect(error).toMatchObject({ code: 'PROCESS_DIED', programExitCode: 7 });
  expect((error as CommandError).message).toContain(
    'program: ended by itself, exit code 7\nits last lines:\netcd: no space left',
  );
});

test('a program that is killed by somebody else is reported with the signal', async () => {
  const program = await start(SLEEP);
  process.kill(program.identity.pid, 'SIGKILL');
  await program.ended;
  expect(program.died.aborted).toBe(true);
  expect(program.died.reason).toMatchObject({ code: 'PROCESS_DIED', signal: 'SIGKILL' });
  expect((program.died.reason as Error).message).toContain('by signal SIGKILL\nit printed nothing');
});

test('a death interrupts a look that hangs', async () => {
  const program = await start('setTimeout(() => process.exit(4), 100)');
  const error = await catchError(
    program.waitFor(() => new Promise(() => undefined), { what: 'ready', timeoutMs: 60_000 }),
  );
  expect(error).toMatchObject({ programExitCode: 4 });
});

test('a program that is not there cannot be started, and the command is shown', async () => {
  const logFile = join(await makeTempFolder(), 'log');
  const error = await catchError(
    startProcess({ name: 'etcd', file: '/nowhere/etcd', args: ['--data-dir', 'a b'], logFile }),
  );
  expect(error).toMatchObject({ code: 'PROCESS_NOT_STARTED', exitCode: 3 });
  expect((error as Error).message).toContain("/nowhere/etcd --data-dir 'a b'");
});

test('stopping is no death', async () => {
  const program = await start(SLEEP);
  await program.stop();
  await expect(program.ended).resolves.toMatchObject({ signal: 'SIGTERM', wanted: true });
  expect(program.died.aborted).toBe(false);
  expect(isRunning(program.identity)).toBe(false);
});

test('a program that ignores SIGTERM is killed after its grace', async () => {
  const program = await start(`process.on('SIGTERM', () => {}); console.log('deaf'); ${SLEEP}`, {
    graceMs: 300,
  });
  await waitForLine(program, 'deaf');
  const before = performance.now();
  await program.stop();
  expect(performance.now() - before).toBeGreaterThanOrEqual(290);
  await expect(program.ended).resolves.toMatchObject({ signal: 'SIGKILL', wanted: true });
});

test('what a program started ends with it, whether it is stopped or dies', async () => {
  const script = `const child = require('child_process').spawn(process.execPath, ['-e', '${SLEEP}']);
    console.log('child ' + child.pid); ${SLEEP}`;
  for (const end of ['stop', 'kill'] as const) {
    const program = await start(script);
    const pid = await program.waitFor(
      async () => {
        const line = (await program.readLog()).find((text) => text.startsWith('child '));
        if (line === undefined) throw new Error('no child yet');
        return Number(line.slice(6));
      },
      { what: 'child', timeoutMs: 10_000 },
    );
    if (end === 'stop') await program.stop();
    else process.kill(program.identity.pid, 'SIGKILL');
    await waitUntil(
      () => {
        // A zombie that nobody reaps, as in some containers, has ended too.
        if (readProcessStart(pid) !== undefined) throw new Error('the child still lives');
      },
      { what: `end of the child after ${end}`, timeoutMs: 30_000 },
    );
  }
});

test('the log keeps everything and gives the last lines of both streams; only its owner can read it', async () => {
  const script =
    'for (let i = 0; i < 30000; i += 1) { console.log("line " + i) } console.error("end"); process.exit(1)';
  const program = await start(script);
  await program.ended;
  const lines = await program.readLog(3);
  expect(lines).toHaveLength(3);
  expect(lines).toContain('end');
  expect((await readFile(program.logFile, 'utf8')).split('\n').length).toBeGreaterThan(30_000);
  expect((await stat(program.logFile)).mode & 0o777).toBe(0o600);
});

test('a wait that is too long tells the last thing it saw', async () => {
  const program = await start(SLEEP);
  let looks = 0;
  const error = await catchError(
    program.waitFor(
      () => {
        looks += 1;
        throw new Error(`status ${looks > 1 ? 503 : 'none'}`);
      },
      { what: 'kube-apiserver: ready', timeoutMs: 250, intervalMs: 50, remedy: 'Look at its log.' },
    ),
  );
  expect(error).toBeInstanceOf(SluiceError);
  expect((error as SluiceError).message).toBe(
    'kube-apiserver: ready: not reached within 0.3 s\nlast seen: status 503\nLook at its log.',
  );
});

test('an abort ends a wait with its own reason', async () => {
  const program = await start(SLEEP);
  const controller = new AbortController();
  const reason = new Error('interrupted');
  const waiting = program.waitFor(() => Promise.reject(new Error('no')), {
    what: 'ready',
    timeoutMs: 60_000,
    signal: controller.signal,
  });
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test('a process that took over the number of another is left alone', async () => {
  const program = await start(SLEEP);
  const stranger: ProcessIdentity = { pid: program.identity.pid, start: 'some other day' };
  await stopProcess(stranger, 100);
  expect(isRunning(stranger)).toBe(false);
  expect(isRunning(program.identity)).toBe(true);
});

// How a harness ends, and whether its program is gone afterwards without anybody's help.
test.each([
  ['calls process.exit', 'process.exit(1)', true],
  ['throws', 'throw new Error("a defect")', true],
  ['is interrupted by Ctrl-C', 'process.kill(process.pid, "SIGINT")', true],
  ['is ended by SIGTERM', 'process.kill(process.pid, "SIGTERM")', true],
  ['is killed with -9', 'process.kill(process.pid, "SIGKILL")', false],
  ['has detached it', 'program.detach(); process.exit(0)', false],
])(
  'when the harness %s its program ends or can be found again',
  async (_, ending, gone) => {
    const folder = await makeTempFolder();
    const identityFile = join(folder, 'identity.json');
    await writeFile(
      join(folder, 'harness.mjs'),
      `import { writeFileSync } from 'node:fs';
     import { startProcess } from '${COMPILED}/exec/start-process.js';
     const program = await startProcess({
       name: 'program', file: process.execPath, args: ['-e', ${JSON.stringify(SLEEP)}], logFile: '${folder}/log',
       onStart: (identity) => writeFileSync('${identityFile}', JSON.stringify(identity)),
     });
     setTimeout(() => { ${ending} }, 50);`,
    );
    const harness = execa(process.execPath, [join(folder, 'harness.mjs')], {
      reject: false,
      timeout: 30_000,
    });
    const identity = await waitUntil(
      async () => JSON.parse(await readFile(identityFile, 'utf8')) as ProcessIdentity,
      { what: 'the program', timeoutMs: 30_000 },
    );
    onTestFinished(async () => await stopProcess(identity, 0));
    await harness;
    if (gone) {
      await waitUntil(
        () => {
          if (isRunning(identity)) throw new Error('it still runs');
        },
        { what: 'end of the program', timeoutMs: 30_000 },
      );
    } else {
      expect(isRunning(identity)).toBe(true);
      await stopProcess(identity, 2000);
      expect(isRunning(identity)).toBe(false);
    }
  },
  60_000,
);
