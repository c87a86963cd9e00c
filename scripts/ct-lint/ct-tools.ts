import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '../../harness/exec/run-command.js';
import { findProgram } from '../../harness/toolchain/find-program.js';
import { makeOnce } from '../../harness/toolchain/make-once.js';

const PACKAGE = 'github.com/helm/chart-testing/v3';
const SOURCES = import.meta.dirname;

/** chart-testing and what it calls, ready to run. */
export interface CtTools {
  ct: string;
  /** Rules for Chart.yaml and for YAML: a `ct` that was built here has none installed beside it. */
  flags: readonly string[];
  /** To be put before `PATH`. */
  folders: readonly string[];
}

/** Why chart-testing cannot be had on this machine: one line. */
export interface MissingTools {
  missing: string;
}

export interface CtToolsOptions {
  cacheFolder: string;
  env: NodeJS.ProcessEnv;
  /** Told what is being made, before it takes time. */
  report: (line: string) => void;
}

/**
 * Finds `ct` with `yamllint` and `yamale` on PATH, or makes them in the cache: `ct` with Go from the pinned module, the
 * other two in a Python environment of their own.
 */
export async function findCtTools(options: CtToolsOptions): Promise<CtTools | MissingTools> {
  const ct = (await findInstalledCt(options)) ?? (await buildCt(options));
  if ('missing' in ct) return ct;
  const python = await findYamlLinters(options);
  if ('missing' in python) return python;
  return { ...ct, folders: python.folders };
}

type Ct = Pick<CtTools, 'ct' | 'flags'>;

async function findInstalledCt({ env }: CtToolsOptions): Promise<Ct | undefined> {
  const ct = await findProgram('ct', env);
  return ct === undefined ? undefined : { ct, flags: [] };
}

async function buildCt({ cacheFolder, env, report }: CtToolsOptions): Promise<Ct | MissingTools> {
  const go = await findProgram('go', env);
  if (go === undefined) return { missing: 'neither ct nor Go, which builds it, is on PATH' };
  const goMod = await readFile(join(SOURCES, 'go.mod'), 'utf8');
  const { stdout: goVersion } = await runCommand(go, ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { env });
  const folder = await makeOnce({
    folder: join(cacheFolder, 'ct', keyOf(goMod, goVersion)),
    make: async (draft) => {
      report('building chart-testing with Go (once, about half a minute) …');
      await Promise.all(['go.mod', 'go.sum'].map((file) => copyFile(join(SOURCES, file), join(draft, file))));
      const inDraft = { cwd: draft, env: { ...env, GOFLAGS: '-mod=mod' } };
      await runCommand(go, ['build', '-o', join(draft, 'ct'), `${PACKAGE}/ct`], inDraft);
      const { stdout } = await runCommand(go, ['list', '-m', '-f', '{{.Dir}}', PACKAGE], inDraft);
      for (const file of ['chart_schema.yaml', 'lintconf.yaml']) {
        await copyFile(join(stdout.trim(), 'etc', file), join(draft, file));
      }
    },
  });
  return {
    ct: join(folder, 'ct'),
    flags: [
      '--chart-yaml-schema',
      join(folder, 'chart_schema.yaml'),
      '--lint-conf',
      join(folder, 'lintconf.yaml'),
    ],
  };
}

async function findYamlLinters(options: CtToolsOptions): Promise<Pick<CtTools, 'folders'> | MissingTools> {
  const { cacheFolder, env, report } = options;
  const installed = await Promise.all(['yamllint', 'yamale'].map((name) => findProgram(name, env)));
  if (installed.every((program) => program !== undefined))
    return { folders: installed.map((path) => dirname(path)) };
  const python = (await findProgram('python3', env)) ?? (await findProgram('python', env));
  if (python === undefined) {
    return { missing: 'neither yamllint and yamale nor Python, which installs them, are on PATH' };
  }
  const requirements = join(SOURCES, 'requirements.txt');
  const { stdout: version } = await runCommand(
    python,
    ['-c', 'import sys; print(sys.executable, sys.version)'],
    {
      env,
    },
  );
  // An environment of Python holds its own path, so it is made where it stays and a stamp tells that it is whole.
  const venv = join(cacheFolder, 'ct-python', keyOf(await readFile(requirements, 'utf8'), version));
  await makeOnce({
    folder: `${venv}.done`,
    make: async () => {
      report('installing yamllint and yamale for chart-testing (once) …');
      await runCommand(python, ['-m', 'venv', '--clear', venv], { env });
      const pip = [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--requirement',
        requirements,
      ];
      await runCommand(join(venv, 'bin', 'python'), pip, { env });
    },
  });
  return { folders: [join(venv, 'bin')] };
}

function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}
