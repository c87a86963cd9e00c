import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SluiceError } from '../../../harness/errors.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { ensureDockerHost } from '../../../harness/toolchain/docker-host-program.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

let runtime = '';

/** Runs the runtime with a runc that tells its arguments, and gives them. */
async function runWith(folder: string, args: readonly string[]): Promise<string[]> {
  await writeFakeProgram(join(folder, 'bin', 'runc'), 'for each in "$@"; do echo "$each"; done');
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
  const { stdout } = await runCommand(runtime, args, { env });
  return stdout.trimEnd().split('\n');
}

async function rewrite(process: object): Promise<{ process: Record<string, unknown> }> {
  const folder = await makeTempFolder({ 'config.json': JSON.stringify({ process }) });
  await runWith(folder, ['create', '--bundle', folder, 'box']);
  return JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
}

const FULL = ['CAP_CHOWN', 'CAP_SYS_RESOURCE', 'CAP_SYS_ADMIN'];
const REST = ['CAP_CHOWN', 'CAP_SYS_ADMIN'];

describe('the runtime of machines without CAP_SYS_RESOURCE', () => {
  let obstacle: string | undefined;

  beforeAll(async () => {
    try {
      runtime = (await ensureDockerHost()).runtime;
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'GO_NOT_FOUND') throw error;
      obstacle = error.shortMessage;
    }
  }, 300_000);

  beforeEach(({ skip }) => skip(obstacle !== undefined, obstacle));

  test('hands every argument on to runc', async () => {
    const folder = await makeTempFolder({ 'config.json': '{"process":{}}' });
    const args = [
      '--root',
      '/var/run',
      '--log=l',
      'create',
      `--bundle=${folder}`,
      '--pid-file',
      'a b',
      'box',
    ];
    expect(await runWith(folder, args)).toEqual(args);
    expect(await runWith(folder, ['--version'])).toEqual(['--version']);
    expect(await runWith(folder, ['delete', '--force', 'exec'])).toEqual(['delete', '--force', 'exec']);
  });

  test('takes the capability from every set of a container, and a negative score', async () => {
    const { process } = await rewrite({
      args: ['/sbin/init'],
      oomScoreAdj: -999,
      capabilities: { bounding: FULL, effective: FULL, permitted: FULL, inheritable: [] },
    });
    expect(process).toEqual({
      args: ['/sbin/init'],
      oomScoreAdj: 0,
      capabilities: { bounding: REST, effective: REST, permitted: REST, inheritable: [] },
    });
  });

  test('takes it from a process that joins a container', async () => {
    const folder = await makeTempFolder({
      'process.json': JSON.stringify({ args: ['sh'], capabilities: { bounding: FULL } }),
    });
    await runWith(folder, ['exec', '--process', join(folder, 'process.json'), '--detach', 'box']);
    expect(JSON.parse(await readFile(join(folder, 'process.json'), 'utf8'))).toEqual({
      args: ['sh'],
      capabilities: { bounding: REST },
    });
  });

  test('leaves a score that is not negative, and a container without capabilities', async () => {
    expect(await rewrite({ oomScoreAdj: 500 })).toEqual({ process: { oomScoreAdj: 500 } });
    expect(await rewrite({})).toEqual({ process: {} });
  });

  test('keeps everything else of a configuration as it is, big numbers too', async () => {
    const folder = await makeTempFolder();
    const file = join(folder, 'config.json');
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), fc.bigInt(), async (others, big) => {
        const { process: _, ...rest } = others;
        const text = JSON.stringify({ ...rest, linux: { limit: 0 } }).replace('"limit":0', `"limit":${big}`);
        await writeFile(file, text);
        await runWith(folder, ['create', '-b', folder, 'box']);
        const written = await readFile(file, 'utf8');
        expect(JSON.parse(written)).toEqual(JSON.parse(text));
        expect(written).toContain(`"limit":${big}`);
      }),
      { numRuns: 25 },
    );
  });

  test('refuses a configuration that cannot be read, before runc sees it', async () => {
    const folder = await makeTempFolder({ 'config.json': '{"process":' });
    await expect(runWith(folder, ['create', '--bundle', folder, 'box'])).rejects.toMatchObject({
      programExitCode: 70,
      stderr: expect.stringContaining('config.json'),
    });
  });
});
