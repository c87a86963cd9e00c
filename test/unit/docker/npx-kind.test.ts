import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { COMPILED } from '../../helpers/compiled.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const PROGRAM = join(COMPILED, 'bin/kind.js');
const NEW_ENOUGH = 'if [ "$1 $2" = "version --quiet" ]; then echo 0.30.0; exit; fi';

/** Gives the way to start what `npx kind` starts, with a kind on PATH that does what the script says. */
async function prepareKind(script: string) {
  const folder = await makeTempFolder();
  await writeFakeProgram(join(folder, 'bin', 'kind'), `${NEW_ENOUGH}\n${script}`);
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, SLUICE_CACHE: join(folder, 'cache') };
  return (args: readonly string[], options: { input?: string } = {}) =>
    execa(process.execPath, [PROGRAM, ...args], {
      ...{ cwd: REPOSITORY, env, reject: false },
      ...options,
    });
}

test('arguments, standard input and output go through, and nothing is added', async () => {
  const args = ['create', 'cluster', '--config=-', '--name', 'a b', ''];
  const script = 'for each in "$@"; do echo "[$each]"; done; cat; echo words >&2';
  const kind = await prepareKind(script);
  const result = await kind(args, { input: 'nodes: []' });
  expect(result.stdout).toBe(`${args.map((each) => `[${each}]`).join('\n')}\nnodes: []`);
  expect(result.stderr).toBe('words');
  expect(result.exitCode).toBe(0);
});

test.each([0, 42])('its exit code %i goes through', async (code) => {
  const kind = await prepareKind(`exit ${code}`);
  expect((await kind(['get', 'clusters'])).exitCode).toBe(code);
});

test('a signal goes through, and what kind ends with', async () => {
  const kind = await prepareKind(`trap 'echo told; exit 7' TERM; echo ready; while :; do sleep 0.05; done`);
  const running = kind([]);
  await once(running.stdout, 'data');
  running.kill('SIGTERM');
  const result = await running;
  expect(result.stdout).toContain('told');
  expect(result.exitCode).toBe(7);
});

test('a kind that is this program itself is not started by it', async () => {
  const folder = await makeTempFolder();
  await writeFakeProgram(join(folder, 'node_modules/.bin/kind'), 'echo itself');
  await writeFakeProgram(join(folder, 'bin/kind'), `${NEW_ENOUGH}\necho the real one`);
  const path = ['node_modules/.bin', 'bin'].map((name) => join(folder, name)).join(':');
  const env = { PATH: `${path}:${process.env['PATH']}`, SLUICE_CACHE: join(folder, 'cache') };
  const { stdout } = await execa(process.execPath, [PROGRAM], { cwd: REPOSITORY, env });
  expect(stdout).toBe('the real one');
});
