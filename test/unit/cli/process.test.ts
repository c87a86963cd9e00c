import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readProcessStart } from '../../../harness/exec/process-identity.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { SLUICE } from '../../helpers/compiled.js';
import { makeSmallChart } from '../../helpers/small-chart.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const sluice = [process.execPath, SLUICE] as const;

async function runSluice(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return await runCommand(sluice[0], [sluice[1], ...args], {
    env: { ...process.env, ...env },
    acceptedExitCodes: [0, 1, 2, 3, 130],
  });
}

test('a report that no disk has room for is one clear error', async ({ skip }) => {
  skip(process.platform !== 'linux', 'only Linux has /dev/full');
  const { exitCode, stderr } = await runSluice([
    'check',
    '--chart',
    await makeSmallChart(),
    '--junit',
    '/dev/full',
  ]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('[NO_SPACE]');
  expect(stderr).not.toMatch(/^\s+at /mu);
});

test('a reader that goes away early is no failure', async () => {
  const chart = await makeSmallChart();
  const { stdout, stderr } = await runCommand('sh', [
    '-c',
    `"${sluice[0]}" "${sluice[1]}" render --chart "${chart}" | head -1`,
  ]);
  expect([stdout, stderr]).toEqual(['---\n', '']);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s while helm runs ends with 130 and leaves nothing behind',
  async (signal) => {
    const chart = await makeSmallChart();
    const folder = await makeTempFolder({
      // Says that it runs, by a file that is whole once it is there, and goes on until it is told to end.
      helm: `#!/bin/sh\nown="${'$'}{0%/*}/pid"\ncase "$1" in version) echo v4.0.0;; *) trap 'exit 0' TERM; echo $$ > "$own.part"; mv "$own.part" "$own"; while :; do sleep 0.1; done;; esac\n`,
    });
    await runCommand('chmod', ['+x', join(folder, 'helm')]);
    const temp = await makeTempFolder();
    const child = spawn(sluice[0], [sluice[1], 'render', '--chart', chart], {
      env: {
        ...process.env,
        SLUICE_HELM: join(folder, 'helm'),
        SLUICE_CACHE: join(folder, 'cache'),
        TMPDIR: temp,
      },
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((done) => child.on('close', done));
    await expect.poll(async () => await readdir(folder), { timeout: 20_000 }).toContain('pid');
    child.kill(signal);
    expect(await ended).toBe(130);
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    expect(pid).toBeGreaterThan(0);
    expect(readProcessStart(pid)).toBeUndefined();
    expect(await readdir(temp)).toEqual([]);
  },
  30_000,
);

test('a dotenv file is named by an option that Node does not take for its own', async () => {
  const folder = await makeTempFolder({ 'app.env': 'API_KEY=canary-5512\n' });
  const read = async (file: string) =>
    await runSluice([
      'secrets',
      'get',
      '--store',
      'dotenv',
      '--dotenv-file',
      join(folder, file),
      '--path',
      'all',
    ]);
  const found = await read('app.env');
  expect([found.exitCode, found.stderr]).toEqual([0, '']);
  expect(found.stdout).toMatch(/^API_KEY +11 characters/mu);
  expect(found.stdout).not.toContain('canary');
  const missing = await read('none.env');
  expect(missing.exitCode).toBe(1);
  expect(missing.stderr).toContain('none.env');
  expect(missing.stderr).toContain('[KEY_MISSING]');
});
