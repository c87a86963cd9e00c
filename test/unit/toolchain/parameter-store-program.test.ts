import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { runCommand } from '../../../harness/exec/run-command.js';
import { findPython } from '../../../harness/toolchain/find-python.js';
import { ensureParameterStore } from '../../../harness/toolchain/parameter-store-program.js';
import { installPythonEnvironment } from '../../../harness/toolchain/python-environment.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { type FakePython, writeFakePython } from '../../helpers/fake-python.js';
import { makeTempFolder, writeFiles } from '../../helpers/temp-folder.js';

async function makeMachine(pythons: Readonly<Record<string, FakePython>>) {
  const folder = await makeTempFolder();
  await Promise.all(
    Object.entries(pythons).map(async ([path, python]) => await writeFakePython(join(folder, path), python)),
  );
  const env = { PATH: join(folder, 'bin'), HOME: join(folder, 'home') };
  return { folder, env, cacheFolder: join(folder, 'cache') };
}

const hasPython = !Array.isArray(await findPython({ minors: [13, 12, 11, 10, 14] }));

test('with Python 3.13 it is LocalStack, installed once from a list of digests', async () => {
  const { folder, env, cacheFolder } = await makeMachine({ 'bin/python3': { version: '3.13.4' } });
  const store = await ensureParameterStore({ env, cacheFolder });
  expect(store).toMatchObject({ name: 'localstack', version: '2026.3.0' });
  expect(store.reason).toBeUndefined();
  expect(store.python.startsWith(join(cacheFolder, 'tools', 'localstack-2026.3.0-python-3.13.4-'))).toBe(
    true,
  );
  await ensureParameterStore({ env, cacheFolder });
  const asked = (await readFile(join(folder, 'bin/python3.log'), 'utf8')).trim().split('\n');
  expect(asked).toEqual([
    expect.stringMatching(
      /^-m pip install --require-hashes --no-deps --only-binary=:all: .*python\/localstack\.txt$/u,
    ),
    '-I -c import localstack.runtime.main',
  ]);
});

test('without Python 3.13 it is moto, and says why', async () => {
  const { folder, env, cacheFolder } = await makeMachine({ 'bin/python3': { version: '3.11.7' } });
  const told: string[] = [];
  const store = await ensureParameterStore({ env, cacheFolder, onProgress: (text) => told.push(text) });
  expect(store).toMatchObject({
    name: 'moto',
    version: '5.2.5',
    reason: `LocalStack needs Python 3.13, which is not installed (${folder}/bin/python3 is Python 3.11.7)`,
  });
  expect(told[0]).toBe(`${store.reason}: using moto instead`);
});

test('a shim that leads nowhere is passed over for the Python that pyenv keeps', async () => {
  const { folder, env, cacheFolder } = await makeMachine({
    'home/.pyenv/versions/3.13.0/bin/python3.13': { version: '3.13.0' },
    'bin/python3': { version: '3.11.7' },
  });
  await writeFakeProgram(
    join(folder, 'bin/python3.13'),
    'echo "pyenv: python3.13: command not found" >&2; exit 127',
  );
  expect(await ensureParameterStore({ env, cacheFolder })).toMatchObject({ name: 'localstack' });
});

test('a Python that can make no environments is passed over', async () => {
  const { env, cacheFolder, folder } = await makeMachine({
    'bin/python3.13': { version: '3.13.1', able: false },
    'bin/python3': { version: '3.12.3' },
  });
  const store = await ensureParameterStore({ env, cacheFolder });
  expect(store.name).toBe('moto');
  expect(store.reason).toContain(`${folder}/bin/python3.13 has no venv and ensurepip`);
});

test('without any Python that will do the error lists those found and how to get one', async () => {
  const { folder, env, cacheFolder } = await makeMachine({ 'bin/python3': { version: '3.8.10' } });
  await expect(ensureParameterStore({ env, cacheFolder })).rejects.toMatchObject({
    code: 'PYTHON_NOT_FOUND',
    exitCode: 3,
    evidence: `${folder}/bin/python3 is Python 3.8.10`,
    remedy: expect.stringContaining('brew install python@3.13'),
  });
});

test('who insists on LocalStack gets no other', async () => {
  const { env, cacheFolder } = await makeMachine({ 'bin/python3': { version: '3.11.7' } });
  await expect(ensureParameterStore({ env, cacheFolder, name: 'localstack' })).rejects.toMatchObject({
    code: 'PYTHON_NOT_FOUND',
  });
});

test('an installation that fails is told in pip’s words and leaves nothing', async () => {
  const { env, cacheFolder } = await makeMachine({
    'bin/python3': { version: '3.13.4', pip: 'echo "ERROR: no matching distribution" >&2; exit 1' },
  });
  await expect(ensureParameterStore({ env, cacheFolder })).rejects.toMatchObject({
    code: 'PYTHON_INSTALL_FAILED',
    exitCode: 3,
    evidence: 'ERROR: no matching distribution',
  });
  expect(await readdir(join(cacheFolder, 'tools'))).toEqual([]);
});

test('another list or another Python makes another environment', async () => {
  const { folder, env, cacheFolder } = await makeMachine({});
  const requirements = join(folder, 'list.txt');
  await writeFiles(folder, { 'list.txt': 'a==1 --hash=sha256:00\n' });
  const install = async (version: string): Promise<string> => {
    const path = join(folder, `python-${version}`);
    await writeFakePython(path, { version });
    const wanted = { name: 'a', version: '1', module: 'a', requirements, expectedSeconds: 1 };
    return await installPythonEnvironment({ ...wanted, python: { path, version }, env, cacheFolder });
  };
  const first = await install('3.13.0');
  expect(await install('3.13.0')).toBe(first);
  expect(await install('3.13.1')).not.toBe(first);
  await appendFile(requirements, 'b==1 --hash=sha256:00\n');
  expect(await install('3.13.0')).not.toBe(first);
});

test.runIf(hasPython)(
  'the real pip refuses a package without a digest',
  async () => {
    const folder = await makeTempFolder({ 'list.txt': 'six==1.17.0\n', 'six.py': '' });
    const python = await findPython({ minors: [13, 12, 11, 10, 14] });
    if (Array.isArray(python)) throw new Error('there was one a moment ago');
    // It is looked for here alone: an index that cannot be reached would be another failure.
    const wheel = ['-m', 'zipfile', '-c', 'six-1.17.0-py3-none-any.whl', 'six.py'];
    await runCommand(python.path, wheel, { cwd: folder });
    const env = {
      ...process.env,
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_INDEX: '1',
      // Several are told apart by blanks, which a folder's name may have.
      PIP_FIND_LINKS: pathToFileURL(folder).href,
    };
    const installing = installPythonEnvironment({
      name: 'six',
      version: '1.17.0',
      module: 'six',
      requirements: join(folder, 'list.txt'),
      expectedSeconds: 1,
      python,
      env,
      cacheFolder: join(folder, 'cache'),
    });
    await expect(installing).rejects.toMatchObject({
      code: 'PYTHON_INSTALL_FAILED',
      evidence: expect.stringMatching(/hash/iu),
    });
  },
  60_000,
);
