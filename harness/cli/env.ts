import { SluiceError } from '../errors.js';
import { type Release, renderChart } from '../helm/render-chart.js';
import type { ContainerEnvironment } from '../manifest/container-environment.js';
import { effectiveEnv } from '../manifest/effective-env.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { describeContainer, formatEnvironments } from './format-environment.js';
import { type ProjectFile, readProjectFile } from './project-file.js';
import {
  addRenderFlags,
  chooseRenderContext,
  chooseRenderOptions,
  describeEngine,
  type RenderFlags,
} from './render-flags.js';
import { reportError } from './report-error.js';
import { listCases, type ValuesCase } from './values-cases.js';

interface Flags extends RenderFlags {
  workload?: string;
  container?: string;
  tests?: boolean;
}

interface EnvironmentCase {
  case: ValuesCase;
  release: Release;
  containers: ContainerEnvironment[];
}

/** `sluice env`: for each container, each variable, and where it comes from; `sluice env check` for a dotenv file. */
export async function runEnv(args: readonly string[], context: CliContext): Promise<number> {
  if (args[0] === 'check') return await (await import('./env-check.js')).runEnvCheck(args.slice(1), context);
  if (args.includes('--live')) {
    const others = args.filter((argument) => argument !== '--live');
    return await (await import('./env-live.js')).runEnvLive(others, context);
  }
  const command = addRenderFlags(
    createCommand(
      {
        name: 'env',
        description:
          'Show each variable of each container, where it comes from, what it hides and what is wrong with it.\n' +
          'Without -f: for every file in values/. sluice env check compares a dotenv file with the contract.',
        example: 'sluice env -f values/prod.yaml --workload Deployment/web',
      },
      context,
    ),
  )
    .option('--workload <name>', 'only this one: NAME or KIND/NAME')
    .option('--container <name>', 'only this container of each workload')
    .addHelpText('after', '\nCommands:\n  check  compare a dotenv file with the contract')
    .option('--tests', 'the pods of helm test too')
    .option(
      '--live',
      'what the objects in the cluster give instead; has options of its own: env --live --help',
    );
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const project = await readProjectFile(context.cwd);
  const cases = await listCases({ files: flags.file ?? [], cwd: context.cwd, project });
  const settled = await Promise.allSettled(
    cases.map(async (one) => await readEnvironment(one, { flags, project, context })),
  );
  context.signal.throwIfAborted();
  const found = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (found.every(({ containers }) => containers.length === 0) && settled.length === found.length) {
    throw nothingFound(flags);
  }
  const [first] = found;
  if (flags.verbose && first !== undefined) context.stderr.write(`${describeEngine(first.release)}\n`);
  if (flags.json) printJson(found, context);
  else printTables(found, { flags, context });
  const failures = settled.filter((result) => result.status === 'rejected');
  const codes = failures.map(({ reason }) => reportError(reason, { context, json: false }));
  return Math.max(0, ...codes, ...found.map(({ containers }) => (hasProblem(containers) ? 1 : 0)));
}

interface ReadOptions {
  flags: Flags;
  project: ProjectFile;
  context: CliContext;
}

async function readEnvironment(
  one: ValuesCase,
  { flags, project, context }: ReadOptions,
): Promise<EnvironmentCase> {
  const options = await chooseRenderOptions(flags, { project, context, valuesCase: one });
  const release = await renderChart(
    { ...options, skipTests: flags.tests !== true },
    chooseRenderContext(flags, context),
  );
  const containers = effectiveEnv(release.manifests, {
    workload: flags.workload,
    container: flags.container,
    namespace: release.namespace,
    kubernetesVersion: flags.kubeVersion,
  });
  return { case: one, release, containers };
}

function hasProblem(containers: readonly ContainerEnvironment[]): boolean {
  return containers.some(
    ({ problems, variables }) =>
      problems.length > 0 || variables.some((variable) => variable.problems.length > 0),
  );
}

function printJson(cases: readonly EnvironmentCase[], context: CliContext): void {
  const document = cases.map(({ case: { files }, release, containers }) => ({
    values: files,
    chart: release.chart,
    release: release.name,
    namespace: release.namespace,
    containers: containers.map(describeContainer),
  }));
  context.stdout.write(`${JSON.stringify({ cases: document }, null, 2)}\n`);
}

function printTables(
  cases: readonly EnvironmentCase[],
  { flags, context }: { flags: Flags; context: CliContext },
): void {
  const colors = chooseColors(context.stdout, context.env, flags.color);
  const blocks = cases.map(({ case: { name }, containers }) => {
    const tables = formatEnvironments(containers, { colors, columns: context.stdout.columns });
    return [colors.bold(name), ...tables].join('\n\n');
  });
  context.stdout.write(`${blocks.join('\n\n')}\n`);
}

function nothingFound(flags: Flags): SluiceError {
  const wanted = [flags.workload, flags.container].filter((part) => part !== undefined).join(' › ');
  return new SluiceError({
    code: 'NOTHING_FOUND',
    message: wanted === '' ? 'no workload in what was rendered' : `${wanted}: not in what was rendered`,
    remedy: 'sluice env without --workload and --container lists all there are.',
    exitCode: 2,
  });
}
