import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import type { EngineChoice } from '../helm/choose-engine.js';
import type { Release, RenderContext } from '../helm/render-chart.js';
import type { RenderOptions } from '../helm/render-options.js';
import type { CliContext } from './cli-context.js';
import { collect } from './create-command.js';
import type { ProjectFile } from './project-file.js';
import { readLookups } from './read-lookups.js';
import type { ValuesCase } from './values-cases.js';

/** What commander makes of the options that every rendering command has. */
export interface RenderFlags {
  file?: string[];
  set?: string[];
  setString?: string[];
  setJson?: string[];
  setFile?: string[];
  chart?: string;
  release?: string;
  namespace?: string;
  kubeVersion?: string;
  apiVersions?: string[];
  /** Of `render` and `check` alone. */
  lookups?: string | undefined;
  engine: EngineChoice;
  cache: boolean;
  json?: boolean;
  quiet?: boolean;
  color: boolean;
  verbose?: boolean;
}

/** Adds the options that every rendering command has, in the words of Helm's own. */
export function addRenderFlags(command: Command, { severalKubeVersions = false } = {}): Command {
  const kubeVersion = '--kube-version <version>';
  addValuesFlags(command);
  if (severalKubeVersions)
    command.option(kubeVersion, 'Kubernetes version to check for (repeatable)', collect, []);
  else command.option(kubeVersion, 'Kubernetes version to render for');
  return command
    .option('--api-versions <version>', 'further API version of the cluster (repeatable)', collect)
    .addOption(
      new Option('--engine <engine>', 'what renders: helm itself, or its library kept running (built once)')
        .choices(['auto', 'binary', 'library'])
        .default('auto'),
    )
    .option('--no-cache', 'render anew, keep nothing')
    .option('--json', 'one JSON document on stdout')
    .option('--quiet', 'print nothing but problems')
    .option('--no-color', 'no colour, even on a terminal')
    .option('--verbose', 'say on stderr what is done, and list notes');
}

/** Adds the objects that `lookup` finds, for commands that render what may be other in a cluster. */
export function addLookupsFlag(command: Command): Command {
  return command.option(
    '--lookups <file>',
    'YAML list of objects that the function lookup finds, as in a cluster (library engine)',
  );
}

function addValuesFlags(command: Command): void {
  command
    .option('-f, --file <file>', 'values file; later ones win (repeatable)', collect)
    .option('--set <key=value>', 'set one value (repeatable)', collect)
    .option('--set-string <key=value>', 'set one value as a string (repeatable)', collect)
    .option('--set-json <key=json>', 'set one value from JSON (repeatable)', collect)
    .option('--set-file <key=path>', 'set one value from a file (repeatable)', collect)
    .option(
      '--chart <dir>',
      'chart folder or archive (default: ./chart, ., or the chart that comes with sluice)',
    )
    .option('--release <name>', 'release name (default: that of sluice.yaml, else release-name)')
    .option('--namespace <name>', 'namespace (default: that of sluice.yaml, else default)');
}

export interface ChooseOptions {
  project: ProjectFile;
  context: CliContext;
  /** The case that is rendered; its files take the place of the flags'. */
  valuesCase?: ValuesCase;
}

/**
 * The choices for one render: flags first, then the case, the project file, the defaults.
 *
 * @throws SluiceError as `readLookups`.
 */
export async function chooseRenderOptions(
  flags: Omit<RenderFlags, 'kubeVersion'> & { kubeVersion?: string | undefined },
  { project, context, valuesCase }: ChooseOptions,
): Promise<RenderOptions> {
  const release = flags.release ?? valuesCase?.release ?? project.release;
  const namespace = flags.namespace ?? valuesCase?.namespace ?? project.namespace;
  return {
    chart: flags.chart ?? project.chart ?? (await findDefaultChart(context.cwd)),
    valuesFiles: valuesCase?.files ?? flags.file ?? [],
    set: flags.set ?? [],
    setString: flags.setString ?? [],
    setJson: flags.setJson ?? [],
    setFile: flags.setFile ?? [],
    apiVersions: flags.apiVersions ?? [],
    ...(release === undefined ? {} : { release }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(flags.kubeVersion === undefined ? {} : { kubeVersion: flags.kubeVersion }),
    ...(flags.lookups === undefined ? {} : { lookups: await readLookups(flags.lookups, context.cwd) }),
  };
}

/** How a command's renders are carried out: with its signal, its cache choice, and progress on stderr. */
export function chooseRenderContext(
  flags: Pick<RenderFlags, 'cache' | 'engine' | 'quiet'>,
  context: CliContext,
): RenderContext {
  return {
    env: context.env,
    cwd: context.cwd,
    signal: context.signal,
    cache: flags.cache,
    engine: flags.engine,
    onProgress: (text) => {
      if (!flags.quiet) context.stderr.write(`${text}\n`);
    },
  };
}

/** What rendered a release, for `--verbose`: `helm 4.1.4, library engine, from the cache`. */
export function describeEngine({ helmVersion, engine, fromCache }: Release): string {
  return `helm ${helmVersion}, ${engine} engine${fromCache ? ', from the cache' : ''}`;
}

async function findDefaultChart(cwd: string): Promise<string> {
  for (const folder of [join(cwd, 'chart'), cwd]) {
    if (await isFile(join(folder, 'Chart.yaml'))) return relative(cwd, folder) || '.';
  }
  return fileURLToPath(new URL('../../chart', import.meta.url));
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}
