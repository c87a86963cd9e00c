import { CommandError, quoteArguments, SluiceError } from '../errors.js';
import { runCommand } from '../exec/run-command.js';
import { estimateBuild } from './build-estimate.js';
import type { GoProgram } from './go-program.js';
import type { GoToolchain } from './go-toolchain.js';
import type { ToolchainOptions } from './toolchain-options.js';

export interface CompileGoProgramOptions extends GoProgram, ToolchainOptions {
  go: GoToolchain;
  /** File to write. */
  target: string;
  /** Folder for what only the compiler needs. */
  workFolder: string;
}

interface GoPackages {
  names: ReadonlySet<string>;
  /** How many of them have to be compiled: the others are in Go's own cache. */
  staleCount: number;
}

const PROGRESS_EVERY_MS = 10_000;

/**
 * Fetches the modules of a Go program and compiles it: static, without the paths of this machine.
 *
 * @throws SluiceError `GO_BUILD_FAILED` with the words of the compiler or of the module's fetching, exit code 3.
 */
export async function compileGoProgram(options: CompileGoProgramOptions): Promise<void> {
  let names: ReadonlySet<string> = new Set();
  try {
    const packages = await listPackages(options);
    names = packages.names;
    await compile(options, packages);
  } catch (error) {
    throw error instanceof CommandError ? describeFailure(options, error, names) : error;
  }
}

// Listing fetches what is missing, and tells what Go's cache does not hold.
async function listPackages(options: CompileGoProgramOptions): Promise<GoPackages> {
  const { name, version, onProgress } = options;
  let fetched = 0;
  const told = throttle(() =>
    onProgress?.(`${name} ${version}: fetching Go modules, ${fetched} so far (once)`),
  );
  const { stdout } = await runGo(options, ['list', '-deps', '-f', '{{.Stale}} {{.ImportPath}}'], (line) => {
    if (!line.startsWith('go: downloading ')) return;
    fetched += 1;
    told();
  });
  const lines = stdout.trimEnd().split('\n');
  return {
    names: new Set(lines.map((line) => line.replace(/^\w+ /u, ''))),
    staleCount: lines.filter((line) => line.startsWith('true ')).length,
  };
}

async function compile(options: CompileGoProgramOptions, packages: GoPackages): Promise<void> {
  const { name, version, onProgress, target, expectedCpuSeconds } = options;
  const start = performance.now();
  let compiledCount = 0;
  const tell = (): void => {
    const estimate = estimateBuild({
      compiledCount,
      staleCount: packages.staleCount,
      packageCount: packages.names.size,
      elapsedSeconds: (performance.now() - start) / 1000,
      expectedCpuSeconds,
    });
    onProgress?.(`building ${name} ${version}: ${estimate} (once)`);
  };
  tell();
  const ticker = setInterval(tell, PROGRESS_EVERY_MS);
  try {
    await runGo(options, ['build', '-v', '-o', target], (line) => {
      if (packages.names.has(line)) compiledCount += 1;
    });
  } finally {
    clearInterval(ticker);
  }
}

async function runGo(
  options: CompileGoProgramOptions,
  command: readonly string[],
  onErrorLine: (line: string) => void,
) {
  const { go, folder, workFolder, signal, run = runCommand, ldflags = [] } = options;
  const flags = [
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    '-tags=',
    `-ldflags=${['-s', '-w', ...ldflags].join(' ')}`,
  ];
  const [verb = '', ...rest] = command;
  return await run(go.path, [verb, ...flags, ...rest, options.package ?? '.'], {
    cwd: folder,
    env: { ...go.env, GOTMPDIR: workFolder },
    group: true,
    onErrorLine,
    ...(signal ? { signal } : {}),
  });
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /no space left on device/u,
    'Free some space: the build needs 5 GB in Go’s cache (go env GOCACHE) and 1 GB here.',
  ],
  [
    /signal: killed|cannot allocate memory/u,
    'The machine ran out of memory: the build needs 3 GB. Set GOFLAGS=-p=1 to use less.',
  ],
  [
    /dial tcp|lookup |proxy|timeout|GOPROXY|connection re|\b(403|404|410|502|503)\b|EOF$/mu,
    'Modules have to be fetched once: check the network, and where Go takes them from (go env GOPROXY GOSUMDB).',
  ],
];

function describeFailure(
  { name, version, folder, package: path = '.' }: CompileGoProgramOptions,
  error: CommandError,
  packageNames: ReadonlySet<string>,
): SluiceError {
  // With -v the compiler's words stand between the names of hundreds of packages.
  const words = error.stderr
    .trim()
    .split('\n')
    .filter((line) => !packageNames.has(line) && !line.startsWith('go: downloading '));
  const evidence = words.slice(-30).join('\n') || error.shortMessage;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(evidence))?.[1];
  return new SluiceError({
    code: 'GO_BUILD_FAILED',
    message: `${name} ${version}: cannot be built`,
    evidence,
    remedy:
      remedy ??
      `To see it by hand: cd ${quoteArguments([folder])} && CGO_ENABLED=0 go build -mod=readonly -o /dev/null ${path}`,
    exitCode: 3,
    cause: error,
  });
}

function throttle(action: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - last < PROGRESS_EVERY_MS) return;
    last = now;
    action();
  };
}
