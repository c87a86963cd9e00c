import { resolve } from 'node:path';
import { CommandError } from '../../harness/errors.js';
import { runCommand } from '../../harness/exec/run-command.js';
import { findEnginePool } from '../../harness/helm/engine-pool.js';
import { findCacheFolder } from '../../harness/toolchain/cache-folder.js';
import { findHelm } from '../../harness/toolchain/find-helm.js';
import { findProgram } from '../../harness/toolchain/find-program.js';
import {
  ensureHelmEngine,
  findBuiltHelmEngine,
  HELM_ENGINE_VERSION,
  type HelmEngineProgram,
} from '../../harness/toolchain/helm-engine-program.js';
import { canRunRegistryHelm, installRegistryHelm } from '../../harness/toolchain/registry-helm.js';

/** What a program printed. */
export interface Printed {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** The library engine and a helm of the very same version. */
export interface ComparedEngines {
  library: (args: readonly string[], input?: ComparedInput) => Promise<Printed>;
  /** The library engine while it counts what is hit, and whether its counting templates came to their end. */
  counting: (args: readonly string[], input?: ComparedInput) => Promise<Printed & { isComplete: boolean }>;
  binary: (args: readonly string[], input?: ComparedInput) => Promise<Printed>;
}

export interface ComparedInput {
  stdin?: string;
  cwd?: string;
}

/** Why nothing can be compared here; undefined where it can. */
export async function findObstacle(): Promise<string | undefined> {
  const built = await findBuiltHelmEngine();
  if (built === undefined && (await findProgram('go')) === undefined)
    return 'Go is not on PATH, and the engine is not built';
  if (canRunRegistryHelm()) return undefined;
  const { version } = await findHelm();
  return version === HELM_ENGINE_VERSION
    ? undefined
    : `helm is ${version}, the engine ${HELM_ENGINE_VERSION}`;
}

/** Both, ready to be asked. */
export async function openEngines(): Promise<ComparedEngines> {
  const [program, helm] = await Promise.all([ensureHelmEngine(), findSameHelm()]);
  return {
    library: async (args, input) => await askLibrary(program, args, input),
    counting: async (args, input) => await askCounting(program, args, input),
    binary: async (args, input) => await askBinary(helm, args, input),
  };
}

async function findSameHelm(): Promise<string> {
  if (canRunRegistryHelm()) return await installRegistryHelm({ cacheFolder: findCacheFolder() });
  return (await findHelm()).path;
}

async function askLibrary(
  { path }: HelmEngineProgram,
  args: readonly string[],
  { stdin = '', cwd = process.cwd() }: ComparedInput = {},
): Promise<Printed> {
  const request = { args, stdin, cwd: resolve(cwd) };
  const { coverage: _, ...printed } = await findEnginePool(path).render(request, { timeoutMs: 60_000 });
  return settleOrder(printed);
}

async function askCounting(
  { path }: HelmEngineProgram,
  args: readonly string[],
  { stdin = '', cwd = process.cwd() }: ComparedInput = {},
): Promise<Printed & { isComplete: boolean }> {
  const request = { args, stdin, cwd: resolve(cwd), coverage: true };
  const { coverage = '{}', ...printed } = await findEnginePool(path).render(request, { timeoutMs: 60_000 });
  const { complete } = JSON.parse(coverage) as { complete?: boolean };
  return { ...settleOrder(printed), isComplete: complete === true };
}

async function askBinary(
  path: string,
  args: readonly string[],
  { stdin, cwd = process.cwd() }: ComparedInput = {},
): Promise<Printed> {
  try {
    const { stdout, stderr, exitCode } = await runCommand(path, args, {
      cwd,
      // Nothing of the user's own, whose plugins, repositories and kubeconfig a helm may have words about.
      env: {
        PATH: process.env['PATH'],
        HELM_PLUGINS: '/nowhere',
        HELM_CACHE_HOME: '/nowhere',
        HELM_CONFIG_HOME: '/nowhere',
        HELM_DATA_HOME: '/nowhere',
        KUBECONFIG: '/nowhere',
      },
      ...(stdin === undefined ? {} : { input: stdin }),
    });
    return settleOrder({ exitCode, stdout, stderr });
  } catch (error) {
    if (!(error instanceof CommandError) || error.programExitCode === undefined) throw error;
    return settleOrder({ exitCode: error.programExitCode, stdout: error.stdout, stderr: error.stderr });
  }
}

// Helm goes through maps in another order each time, and so come its warnings and what its schema validation finds.
function settleOrder(printed: Printed): Printed {
  const lines = printed.stderr.split(/(?<=\n)/u);
  const isLogged = (line: string): boolean => /^level=(INFO|WARN) /u.test(line);
  const isFinding = (line: string): boolean => /^\s*- at '/u.test(line);
  const rest = lines.filter((line) => !isLogged(line) && !isFinding(line));
  const findings = lines.filter(isFinding).map(sortNames).sort();
  const stderr = [...lines.filter(isLogged).sort(), ...rest, ...findings].join('');
  return { ...printed, stderr };
}

function sortNames(finding: string): string {
  return finding.replace(/(?<=additional properties ).*(?= not allowed)/u, (names) =>
    names.split(', ').sort().join(', '),
  );
}
