import { fileURLToPath } from 'node:url';
import { SluiceError } from '../errors.js';
import { findPython, type Python } from './find-python.js';
import { installPythonEnvironment } from './python-environment.js';
import type { ToolchainOptions } from './toolchain-options.js';

/** A program that answers as AWS's Systems Manager, Secrets Manager and STS do. */
export interface ParameterStoreProgram {
  name: 'localstack' | 'moto';
  version: string;
  /** Python that has it installed: start it with `-m localstack.runtime.main` or `-m moto.server`. */
  python: string;
  /** Why it is not LocalStack, for the output and every report. */
  reason?: string;
}

export interface EnsureParameterStoreOptions extends ToolchainOptions {
  /** Insists on one. Default: LocalStack, and moto where the Python for LocalStack is missing. */
  name?: ParameterStoreProgram['name'];
}

const LOCALSTACK = {
  name: 'localstack',
  version: '2026.3.0',
  module: 'localstack.runtime.main',
  minors: [13],
  expectedSeconds: 50,
} as const;

const MOTO = {
  name: 'moto',
  version: '5.2.5',
  module: 'moto.server',
  minors: [13, 12, 11, 10, 14],
  expectedSeconds: 20,
} as const;

/**
 * Gives a parameter store, installed from the Python package index into the cache the first time: LocalStack with
 * Python 3.13, else moto with another Python 3.
 *
 * @throws SluiceError `PYTHON_NOT_FOUND` where none will do, else as `installPythonEnvironment`; exit code 3.
 */
export async function ensureParameterStore(
  options: EnsureParameterStoreOptions = {},
): Promise<ParameterStoreProgram> {
  if (options.name === 'moto')
    return await installWith(MOTO, await requirePython(MOTO.minors, options), options);
  const python = await findPython({ ...options, minors: LOCALSTACK.minors });
  if (!Array.isArray(python)) return await installWith(LOCALSTACK, python, options);
  const reason = describeMissing(python);
  if (options.name === 'localstack') throw notFound(LOCALSTACK.minors, python);
  options.onProgress?.(`${reason}: using moto instead`);
  const other = await requirePython(MOTO.minors, options);
  return { ...(await installWith(MOTO, other, options)), reason };
}

async function installWith(
  store: typeof LOCALSTACK | typeof MOTO,
  python: Python,
  options: ToolchainOptions,
): Promise<ParameterStoreProgram> {
  const { name, version, module, expectedSeconds } = store;
  const requirements = fileURLToPath(new URL(`../../harness/toolchain/python/${name}.txt`, import.meta.url));
  const path = await installPythonEnvironment({
    ...options,
    name,
    version,
    module,
    expectedSeconds,
    requirements,
    python,
  });
  return { name, version, python: path };
}

async function requirePython(minors: readonly number[], options: ToolchainOptions): Promise<Python> {
  const python = await findPython({ ...options, minors });
  if (Array.isArray(python)) throw notFound(minors, python);
  return python;
}

function describeMissing(rejections: readonly string[]): string {
  const seen = rejections.length === 0 ? '' : ` (${rejections.join('; ')})`;
  return `LocalStack needs Python 3.13, which is not installed${seen}`;
}

function notFound(minors: readonly number[], rejections: readonly string[]): SluiceError {
  const wanted = [...minors].sort((a, b) => a - b).map((minor) => `3.${minor}`);
  return new SluiceError({
    code: 'PYTHON_NOT_FOUND',
    message: `python: none of ${wanted.join(', ')} is installed, and the parameter store needs one`,
    evidence: rejections.join('\n') || 'no python3 on PATH',
    remedy:
      'Install Python 3.13: brew install python@3.13, apt install python3.13-venv, uv python install 3.13, ' +
      'pyenv install 3.13, or https://www.python.org/downloads/.',
    exitCode: 3,
  });
}
