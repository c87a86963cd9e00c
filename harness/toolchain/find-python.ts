import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../errors.js';
import { type RunCommand, runCommand } from '../exec/run-command.js';
import { findProgram } from './find-program.js';

/** A Python that virtual environments can be made with. */
export interface Python {
  /** Absolute path of the program itself, no shim or virtual environment's link to it. */
  path: string;
  /** Such as `3.13.0`. */
  version: string;
}

export interface FindPythonOptions {
  /** Minor releases of Python 3 that will do, the most wanted first. */
  minors: readonly number[];
  /** Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  run?: RunCommand;
  signal?: AbortSignal;
}

/** What was found instead of a Python, in words for people. */
export type PythonRejection = string;

interface PythonAnswer {
  version: string;
  path: string;
  canMakeEnvironments: boolean;
}

const QUESTION = [
  'import importlib.util as u, json, os, platform, sys',
  'path = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)',
  'able = all(u.find_spec(name) for name in ("venv", "ensurepip"))',
  'print(json.dumps({"version": platform.python_version(), "path": path, "canMakeEnvironments": able}))',
].join('\n');

/**
 * Finds a Python of one of the wanted releases: on `PATH`, or where pyenv and uv keep theirs. Each is asked what it
 * is, because a name on `PATH` may be a shim that leads nowhere.
 *
 * Gives the rejections where there is none, for the error or the note that says why.
 */
export async function findPython(options: FindPythonOptions): Promise<Python | PythonRejection[]> {
  const { minors, env = process.env } = options;
  const rejections = new Set<PythonRejection>();
  for (const minor of minors) {
    const candidates = await listCandidates(minor, env);
    const answers = await Promise.all(candidates.map(async (path) => await askPython(path, options)));
    for (const [index, answer] of answers.entries()) {
      if (answer === undefined) continue;
      const { path, version, canMakeEnvironments } = answer;
      if (!version.startsWith(`3.${minor}.`)) rejections.add(`${candidates[index]} is Python ${version}`);
      else if (!canMakeEnvironments) rejections.add(`${candidates[index]} has no venv and ensurepip`);
      else return { path, version };
    }
  }
  return [...rejections];
}

async function listCandidates(minor: number, env: NodeJS.ProcessEnv): Promise<string[]> {
  const name = `python3.${minor}`;
  const found: string[] = [];
  for (const program of [name, 'python3', 'python']) {
    const path = await findProgram(program, env);
    if (path !== undefined) found.push(path);
  }
  const home = env['HOME'] ?? homedir();
  const pyenv = join(env['PYENV_ROOT'] || join(home, '.pyenv'), 'versions');
  const uv = env['UV_PYTHON_INSTALL_DIR'] || join(home, '.local', 'share', 'uv', 'python');
  for (const folder of [pyenv, uv]) {
    const versions = await readdir(folder).catch(() => []);
    found.push(...versions.sort().map((version) => join(folder, version, 'bin', name)));
  }
  const present = await Promise.all(found.map(async (path) => await findProgram(path, env)));
  return [...new Set(present.filter((path) => path !== undefined))];
}

async function askPython(path: string, options: FindPythonOptions): Promise<PythonAnswer | undefined> {
  const { env = process.env, run = runCommand, signal } = options;
  try {
    const { stdout } = await run(path, ['-c', QUESTION], {
      env: isolatePython(env),
      timeoutMs: 30_000,
      ...(signal ? { signal } : {}),
    });
    const answer: unknown = JSON.parse(stdout);
    return isAnswer(answer) ? answer : undefined;
  } catch (error) {
    if (error instanceof CommandError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isAnswer(value: unknown): value is PythonAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { version, path, canMakeEnvironments } = value as Record<string, unknown>;
  return typeof version === 'string' && typeof path === 'string' && typeof canMakeEnvironments === 'boolean';
}

/** An environment without what would have Python or pip take packages from, or put them in, another place. */
export function isolatePython(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const misleading = new Set([
    'PYTHONPATH',
    'PYTHONHOME',
    'PYTHONUSERBASE',
    'PIP_TARGET',
    'PIP_PREFIX',
    'PIP_USER',
    'PIP_ROOT',
    'PIP_CONSTRAINT',
    'PIP_REQUIREMENT',
    'PIP_DRY_RUN',
  ]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !misleading.has(name)));
}
