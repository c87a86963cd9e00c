import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, SluiceError } from '../errors.js';
import { runCommand } from '../exec/run-command.js';
import { isolatePython, type Python } from './find-python.js';
import { makeOnce } from './make-once.js';
import { completeOptions, type ToolchainOptions } from './toolchain-options.js';

/** A Python program and the list, with every digest, of what it is installed from. */
export interface PythonEnvironment {
  /** For people, and for the name of the cache entry. */
  name: string;
  version: string;
  /** File of requirements, each pinned and with its digests. */
  requirements: string;
  /** Module that has to be importable in the end. */
  module: string;
  python: Python;
  /** Measured time of the installation, for people. */
  expectedSeconds: number;
}

const PROGRESS_EVERY_MS = 5000;

/**
 * Makes a virtual environment in the cache, once for these requirements and this Python, and gives the path of its
 * Python. Only packages whose digests are listed are taken, and none that has to be built.
 *
 * @throws SluiceError `PYTHON_INSTALL_FAILED` with pip's words, exit code 3.
 */
export async function installPythonEnvironment(
  wanted: PythonEnvironment & ToolchainOptions,
): Promise<string> {
  const { name, version, python } = wanted;
  const { cacheFolder, onProgress, signal } = completeOptions(wanted);
  const key = createHash('sha256')
    .update(await readFile(wanted.requirements))
    // The environment is nothing but links to this Python.
    .update(`\0${python.path}\0${python.version}\0${process.platform}\0${process.arch}`)
    .digest('hex')
    .slice(0, 16);
  const folder = await makeOnce({
    folder: join(cacheFolder, 'tools', `${name}-${version}-python-${python.version}-${key}`),
    onWait: () => onProgress?.(`waiting for another process that installs ${name} ${version}`),
    ...(signal ? { signal } : {}),
    make: async (draft) => await install(wanted, draft),
  });
  return join(folder, 'bin', 'python');
}

async function install(wanted: PythonEnvironment & ToolchainOptions, draft: string): Promise<void> {
  const { name, version, python, requirements, module, expectedSeconds, signal, onProgress } = wanted;
  const { run = runCommand, env = process.env } = wanted;
  const options = { env: isolatePython(env), group: true, cwd: draft, ...(signal ? { signal } : {}) };
  const start = performance.now();
  const tell = (): void => {
    const gone = Math.floor((performance.now() - start) / 1000);
    onProgress?.(`installing ${name} ${version}: ${gone} s gone of about ${expectedSeconds} s (once)`);
  };
  tell();
  const ticker = setInterval(tell, PROGRESS_EVERY_MS);
  const own = join(draft, 'bin', 'python');
  try {
    await run(python.path, ['-I', '-m', 'venv', draft], options);
    const flags = [
      '--require-hashes',
      '--no-deps',
      '--only-binary=:all:',
      '--no-input',
      '--progress-bar=off',
    ];
    await run(own, ['-m', 'pip', 'install', ...flags, '--requirement', requirements], options);
    await run(own, ['-I', '-c', `import ${module}`], options);
  } catch (error) {
    throw error instanceof CommandError ? describeFailure(wanted, error) : error;
  } finally {
    clearInterval(ticker);
  }
}

function describeFailure({ name, version, python }: PythonEnvironment, error: CommandError): SluiceError {
  const words = (error.stderr.trim() || error.stdout.trim()).split('\n').slice(-15).join('\n');
  return new SluiceError({
    code: 'PYTHON_INSTALL_FAILED',
    message: `${name} ${version}: cannot be installed with ${python.path} (Python ${python.version})`,
    evidence: words || error.shortMessage,
    remedy:
      'It is installed once: check the network, and where pip takes packages from (python3 -m pip config list).',
    exitCode: 3,
    cause: error,
  });
}
