import { tmpdir } from 'node:os';
import { coerce, gte } from 'semver';
import { CommandError, SluiceError } from '../errors.js';
import { type RunCommand, runCommand } from '../exec/run-command.js';
import { findProgram } from './find-program.js';

/** A Go that can build a module. */
export interface GoToolchain {
  /** Absolute path of the go command. */
  path: string;
  /** As Go writes it, such as `go1.26.0`: of the toolchain that compiles, which the go command may have chosen. */
  version: string;
  /** This machine's, whatever the user's GOOS and GOARCH say. */
  os: string;
  arch: string;
  /** Environment to start it with: the user's own, but nothing that would make another program of the same source. */
  env: NodeJS.ProcessEnv;
}

export interface FindGoOptions {
  /** The go command. Default: the one on `PATH`. */
  path?: string;
  /** Folder of the module to build: Go chooses its toolchain by it. */
  folder: string;
  /** Oldest Go that the module builds with, such as `1.25.0`. */
  minimumVersion: string;
  /** Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  run?: RunCommand;
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
}

interface GoEnvironment {
  GOVERSION: string;
  GOHOSTOS: string;
  GOHOSTARCH: string;
  GOTOOLCHAIN: string;
}

const OLDEST_THAT_SWITCHES = '1.21.0';

/**
 * Finds the go command on `PATH`, or looks at the one that is given.
 *
 * One that is new enough for the module is kept from fetching another. One that is too old is asked to fetch the
 * toolchain the module needs, as the user's GOTOOLCHAIN allows.
 *
 * @throws SluiceError `GO_NOT_FOUND`, `GO_TOO_OLD` or `GO_BROKEN` (it does not tell its version), exit code 3.
 */
export async function findGo(options: FindGoOptions): Promise<GoToolchain> {
  const { env = process.env, minimumVersion, onProgress } = options;
  const path = options.path ?? (await findProgram('go', env));
  if (path === undefined) throw notFound(minimumVersion);
  const own = await askGo(path, { ...env, GOTOOLCHAIN: 'local' }, { ...options, folder: tmpdir() });
  if (isNewEnough(own, minimumVersion)) return describe(path, own, { ...env, GOTOOLCHAIN: 'local' });
  if (!gte(toSemver(own.GOVERSION), OLDEST_THAT_SWITCHES)) throw tooOld(path, own, options);
  onProgress?.(
    `${own.GOVERSION} is older than ${minimumVersion}: go fetches a newer toolchain (60 MB, once)`,
  );
  const switched = await askGo(path, env, options).catch((error: unknown) => {
    throw error instanceof SluiceError ? tooOld(path, own, { ...options, evidence: error.evidence }) : error;
  });
  if (!isNewEnough(switched, minimumVersion)) throw tooOld(path, switched, options);
  return describe(path, switched, env);
}

function describe(path: string, go: GoEnvironment, env: NodeJS.ProcessEnv): GoToolchain {
  const { GOVERSION: version, GOHOSTOS: os, GOHOSTARCH: arch } = go;
  return {
    path,
    version,
    os,
    arch,
    env: {
      ...env,
      GOOS: os,
      GOARCH: arch,
      // No C compiler is needed, and what is built runs on any system of the platform.
      CGO_ENABLED: '0',
      GOWORK: 'off',
      GO111MODULE: 'on',
      GOEXPERIMENT: '',
      GOAMD64: '',
      GOARM64: '',
      GODEBUG: '',
    },
  };
}

async function askGo(path: string, env: NodeJS.ProcessEnv, options: FindGoOptions): Promise<GoEnvironment> {
  const { folder, run = runCommand, signal } = options;
  try {
    const { stdout } = await run(
      path,
      ['env', '-json', 'GOVERSION', 'GOHOSTOS', 'GOHOSTARCH', 'GOTOOLCHAIN'],
      {
        cwd: folder,
        env: { ...env, GOWORK: 'off' },
        timeoutMs: 300_000,
        group: true,
        ...(signal ? { signal } : {}),
      },
    );
    const value: unknown = JSON.parse(stdout);
    if (isGoEnvironment(value)) return value;
    throw broken(path, `it printed ${JSON.stringify(stdout.slice(0, 200))}`);
  } catch (error) {
    if (error instanceof CommandError) throw broken(path, error.message);
    if (error instanceof SyntaxError) throw broken(path, error.message);
    throw error;
  }
}

function isGoEnvironment(value: unknown): value is GoEnvironment {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ['GOVERSION', 'GOHOSTOS', 'GOHOSTARCH'].every((name) => {
    const field = fields[name];
    return typeof field === 'string' && field !== '';
  });
}

function isNewEnough({ GOVERSION }: GoEnvironment, minimum: string): boolean {
  return gte(toSemver(GOVERSION), toSemver(minimum));
}

// go1.26rc1, go1.25.3-custom, devel go1.27-abcdef: the release it comes from or leads to.
function toSemver(version: string): string {
  return coerce(version)?.version ?? '0.0.0';
}

function tooOld(
  path: string,
  own: GoEnvironment,
  { minimumVersion, evidence }: FindGoOptions & { evidence?: string | undefined },
): SluiceError {
  return new SluiceError({
    code: 'GO_TOO_OLD',
    message: `go ${path}: ${own.GOVERSION} is older than ${minimumVersion}`,
    evidence: evidence ?? `GOTOOLCHAIN=${own.GOTOOLCHAIN} lets it fetch no newer one`,
    remedy: `Install Go ${minimumVersion} or newer (https://go.dev/doc/install), or set GOTOOLCHAIN=auto.`,
    exitCode: 3,
  });
}

function broken(path: string, evidence: string): SluiceError {
  return new SluiceError({
    code: 'GO_BROKEN',
    message: `go ${path}: does not tell its version`,
    evidence,
    remedy: 'Install Go again (https://go.dev/doc/install) and put its bin folder first on PATH.',
    exitCode: 3,
  });
}

function notFound(minimumVersion: string): SluiceError {
  return new SluiceError({
    code: 'GO_NOT_FOUND',
    message: 'go: not on PATH',
    evidence: 'programs of the test cluster are built from their sources, once',
    remedy:
      `Install Go ${minimumVersion} or newer: https://go.dev/doc/install, brew install go, ` +
      'or your distribution’s package where it is as new. A Python 3 would do too: Go is then taken from its index.',
    exitCode: 3,
  });
}
