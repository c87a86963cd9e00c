import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SluiceError } from '../errors.js';
import { runForeground } from '../exec/run-foreground.js';
import { renderChart } from '../helm/render-chart.js';
import type { SecretValue } from '../manifest/secret-value.js';
import { indexDotenv, parseDotenv } from '../secrets/dotenv.js';
import { type RunEnvironment, readRunEnvironment } from '../secrets/run-environment.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { formatTable } from './format-table.js';
import { readProjectFile } from './project-file.js';
import {
  addRenderFlags,
  chooseRenderContext,
  chooseRenderOptions,
  type RenderFlags,
} from './render-flags.js';
import { addStoreFlags, openStoresFor, type StoreFlags } from './store-flags.js';

interface Flags extends RenderFlags, StoreFlags {
  workload?: string;
  container?: string;
  pass?: string[];
  missingFrom?: string;
  allowMissing?: boolean;
  dryRun?: boolean;
}

/** What a program needs of the machine it runs on, whatever its configuration is. */
const INHERITED = /^(?:PATH|HOME|USER|LOGNAME|SHELL|TERM|COLORTERM|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR)$/u;

/** `sluice run [options] -- COMMAND`: the command's own exit code, 128 and the number of the signal that ended it. */
export async function runRun(args: readonly string[], context: CliContext): Promise<number> {
  const border = args.indexOf('--');
  const command = createRunCommand(context);
  if (!parseArguments(command, border < 0 ? args : args.slice(0, border))) return 0;
  const flags = command.opts<Flags>();
  const [file, ...rest] = border < 0 ? [] : args.slice(border + 1);
  if (file === undefined && !flags.dryRun) throw noCommand();
  const environment = await readEnvironment(flags, context);
  if (flags.dryRun) return printEnvironment(environment, { flags, context });
  if (environment.missing.length > 0 && !flags.allowMissing) throw describeMissing(environment);
  if (!flags.quiet) tellWhatIsLeftOut(environment, context);
  return await runForeground({
    file: file ?? '',
    args: rest,
    cwd: context.cwd,
    env: makeEnv(environment, { flags, context }),
    signal: context.signal,
  });
}

function createRunCommand(context: CliContext) {
  const command = createCommand(
    {
      name: 'run',
      usage: '[options] -- COMMAND [ARGUMENTS...]',
      description:
        'Run a program on this machine with exactly the environment that the pod would have: configuration from the\n' +
        'rendered chart, secrets from the store. Nothing is written to disk. Signals and exit code pass through.',
      example: 'sluice run -f values/dev.yaml -- npm start',
    },
    context,
  );
  return addStoreFlags(addRenderFlags(command))
    .option('--workload <name>', 'NAME or KIND/NAME, where the release has several')
    .option('--container <name>', 'container of the pod (default: the first)')
    .option('--pass <name>', 'variable of this shell that the program gets too (repeatable)', collect)
    .option('--missing-from <file>', 'dotenv file with what neither chart nor store can tell')
    .option('--allow-missing', 'run without what cannot be told')
    .option('--dry-run', 'list the variables without their values, and run nothing');
}

async function readEnvironment(flags: Flags, context: CliContext): Promise<RunEnvironment> {
  const project = await readProjectFile(context.cwd);
  const options = await chooseRenderOptions(flags, { project, context });
  const release = await renderChart({ ...options, skipTests: true }, chooseRenderContext(flags, context));
  const extra = flags.missingFrom === undefined ? undefined : await readExtra(flags.missingFrom, context);
  using stores = openStoresFor(flags, context);
  return await readRunEnvironment(release.manifests, {
    namespace: release.namespace,
    workload: flags.workload,
    container: flags.container,
    kubernetesVersion: flags.kubeVersion,
    openStore: async (parameter) => await stores.of(parameter),
    signal: context.signal,
    ...(extra === undefined ? {} : { extra }),
  });
}

async function readExtra(file: string, { cwd }: CliContext): Promise<Map<string, SecretValue>> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SluiceError({
      code: 'ENV_FILE_MISSING',
      message: `${file}: cannot be read`,
      evidence: error.message,
      remedy: 'Name a dotenv file with --missing-from.',
      exitCode: 2,
      cause: error,
    });
  });
  return indexDotenv(parseDotenv(text, file));
}

/** Nothing of the shell's own reaches the program but what it could not run without, and what is asked for. */
function makeEnv(
  { variables }: RunEnvironment,
  { flags, context }: { flags: Flags; context: CliContext },
): Record<string, string> {
  const passed = new Set(flags.pass ?? []);
  const inherited = Object.entries(context.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (INHERITED.test(entry[0]) || passed.has(entry[0])),
  );
  const own = variables.map(({ name, value }): [string, string] => [name, value.reveal()]);
  return Object.fromEntries([...inherited, ...own]);
}

function tellWhatIsLeftOut({ missing, files }: RunEnvironment, { stderr }: CliContext): void {
  for (const { name, why } of missing) stderr.write(`note: without ${name}: ${why}\n`);
  if (files.length > 0) {
    stderr.write(`note: the pod has files that are not here: ${files.join(', ')}\n`);
  }
}

function printEnvironment(
  environment: RunEnvironment,
  { flags, context }: { flags: Flags; context: CliContext },
): number {
  const { variables, missing } = environment;
  if (flags.json) {
    const document = {
      ...environment,
      variables: variables.map(({ name, secret, from }) => ({ name, secret, from })),
    };
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const colors = chooseColors(context.stdout, context.env, flags.color);
    const rows = [
      ...variables.map(({ name, from }) => [name, from, '']),
      ...missing.map(({ name, why }) => [name, why, colors.red('missing')]),
    ];
    const withRemarks = missing.length > 0;
    const head = ['VARIABLE', 'FROM', ...(withRemarks ? ['REMARKS'] : [])];
    const table = formatTable({
      head: head.map((text) => colors.dim(text)),
      rows: withRemarks ? rows : rows.map((row) => row.slice(0, 2)),
      columns: context.stdout.columns,
      indent: 2,
    });
    const heading = `${environment.workload} › ${environment.container}`;
    context.stdout.write(`${heading}\n${rows.length === 0 ? '  no variables' : table}\n`);
  }
  return missing.length > 0 && !flags.allowMissing ? 1 : 0;
}

function describeMissing({ workload, container, missing }: RunEnvironment): SluiceError {
  return new SluiceError({
    code: 'ENV_INCOMPLETE',
    message: `${workload} › ${container}: its environment cannot be told whole`,
    evidence: missing.map(({ name, why }) => `${name}: ${why}`).join('\n'),
    remedy:
      'Put what is missing into the store (sluice secrets set), or into a file: --missing-from FILE. ' +
      '--allow-missing runs without it.',
  });
}

function noCommand(): SluiceError {
  return new SluiceError({
    code: 'USAGE',
    message: 'no command to run',
    remedy: 'It stands after two dashes: sluice run -f values/dev.yaml -- npm start',
    exitCode: 2,
  });
}
