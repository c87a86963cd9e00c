import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ProviderName, StartClusterOptions, StartedCluster } from '../cluster/cluster.js';
import { findCluster } from '../cluster/cluster-state.js';
import { describeCluster } from '../cluster/describe-clusters.js';
import { startEmbedded } from '../cluster/embedded.js';
import { startExisting } from '../cluster/existing.js';
import { startKind } from '../cluster/kind.js';
import { runLife } from '../e2e/life.js';
import type { LifeReport, LifeStep } from '../e2e/life-report.js';
import { listSources } from '../e2e/sample-secrets.js';
import { SluiceError } from '../errors.js';
import { renderChart } from '../helm/render-chart.js';
import { DEFAULT_NAMESPACE, DEFAULT_RELEASE, type RenderOptions } from '../helm/render-options.js';
import type { CliContext } from './cli-context.js';
import { addExistingFlags, chooseExisting, type ExistingFlags } from './cluster-existing-flags.js';
import { chooseCacheFolder } from './cluster-flags.js';
import { addKindFlags, chooseKind, chooseProvider, type KindFlags } from './cluster-kind-flags.js';
import { chooseColors } from './colors.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { formatClusterUse } from './format-cluster.js';
import { describeLife, formatLifeEnvironments, formatLifeStep, formatLifeSummary } from './format-life.js';
import { findImages, loadImages } from './load-images.js';
import { type ProjectFile, readProjectFile } from './project-file.js';
import { chooseRenderContext, chooseRenderOptions } from './render-flags.js';
import { listCases } from './values-cases.js';

interface Flags extends ExistingFlags, KindFlags {
  file?: string[];
  chart?: string;
  release?: string;
  provider?: ProviderName;
  keep?: boolean;
  pods: boolean;
  junit?: string;
  json?: boolean;
  quiet?: boolean;
  color: boolean;
}

/** Name of a cluster that is kept. */
const KEPT_CLUSTER = 'e2e';

/** `sluice e2e`: the life of a secret on the chart's own values; exit code 1 where a step fails. */
export async function runE2e(args: readonly string[], context: CliContext): Promise<number> {
  const command = createE2eCommand(context);
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const project = await readProjectFile(context.cwd);
  const render = await chooseValues({ flags, project, context });
  const print = openPrinter(flags, context);
  print.head(render);
  const report = await runLife({
    render,
    context: chooseRenderContext({ cache: true, engine: 'auto', quiet: flags.quiet === true }, context),
    validate: {
      externals: project.externals,
      disabledRules: Object.entries(project.disabledRules ?? {}).map(([id, reason]) => ({ id, reason })),
    },
    start: async (signal) => await startCluster(flags, { context, signal, onPreparing: print.preparing }),
    keep: flags.keep === true,
    pods: flags.pods,
    signal: context.signal,
    onStep: print.step,
  });
  if (flags.junit !== undefined) {
    const { formatLifeJunit } = await import('./format-life-junit.js');
    await writeFile(resolve(context.cwd, flags.junit), formatLifeJunit(report));
  }
  await print.end(report);
  return report.steps.some(({ status }) => status === 'failed') ? 1 : 0;
}

function createE2eCommand(context: CliContext): Command {
  const command = createCommand(
    {
      name: 'e2e',
      description:
        'Live through the life of a secret in a cluster: check, store, install, sync, see it in the\n' +
        'environment, wait for the pods and see it in their processes, rotate, see it in their successors,\n' +
        'break, mend, uninstall. Values in the store are made up. Pods whose images cannot be had are\n' +
        'skipped, with the reason.\n' +
        'Without -f: the first file in values/ with a secret that is a whole JSON object.',
      example: 'sluice e2e -f values/staging.yaml --junit report.xml',
    },
    context,
  )
    .option('-f, --file <file>', 'values file; later ones win (repeatable)', collect)
    .option('--chart <dir>', 'chart folder (default: ./chart, ., or the chart that comes with sluice)')
    .option('--release <name>', 'release name (default: that of sluice.yaml)')
    .option(
      '--load-image <image>',
      'kind: take an image of the Docker engine here, or a .tar archive, into the cluster (repeatable)',
      collect,
    )
    .option('--no-pods', 'do not wait for pods, and tell nothing of them')
    .option('--keep', 'leave the cluster and the release as they are in the end')
    .option('--junit <file>', 'write a JUnit report')
    .option('--json', 'one JSON document on stdout')
    .option('--quiet', 'print no progress')
    .option('--no-color', 'no colour, even on a terminal');
  addKindFlags(command, { reuse: `kind: take cluster ${KEPT_CLUSTER} where it runs, and leave it running` });
  addExistingFlags(command);
  return command;
}

interface ChooseOptions {
  flags: Flags;
  project: ProjectFile;
  context: CliContext;
}

/** The values of the life: those that are named, else the first that have what it takes. */
async function chooseValues({
  flags,
  project,
  context,
}: ChooseOptions): Promise<RenderOptions & { release: string }> {
  const cases = await listCases({ files: flags.file ?? [], cwd: context.cwd, project });
  const renderContext = chooseRenderContext({ cache: true, engine: 'auto', quiet: true }, context);
  const {
    namespace: _own,
    kubeconfig: _kubeconfig,
    ...chosenFlags
  } = { ...flags, cache: true, engine: 'auto' as const };
  for (const valuesCase of cases) {
    const options = await chooseRenderOptions(chosenFlags, { project, context, valuesCase });
    const namespace = options.namespace ?? DEFAULT_NAMESPACE;
    const chosen = { ...options, namespace, release: options.release ?? DEFAULT_RELEASE };
    if (cases.length === 1) return chosen;
    const { manifests } = await renderChart(chosen, renderContext);
    const inside = manifests.some(({ object }) => /^(?:Cluster)?SecretStore$/u.test(object.kind));
    if (!inside && listSources(manifests).some(({ extracts }) => extracts.length > 0)) return chosen;
  }
  throw new SluiceError({
    code: 'E2E_NO_SECRET',
    message: 'no values file here has a secret that is a whole JSON object',
    remedy: 'Name one: sluice e2e -f FILE',
    exitCode: 2,
  });
}

interface StartOptions {
  context: CliContext;
  signal: AbortSignal | undefined;
  onPreparing: (text: string) => void;
}

async function startCluster(
  flags: Flags,
  { context, signal, onPreparing }: StartOptions,
): Promise<StartedCluster> {
  const options: StartClusterOptions & { background: boolean } = {
    ...(flags.keep || flags.reuse ? { name: KEPT_CLUSTER } : {}),
    background: flags.keep === true,
    env: context.env,
    ...(signal ? { signal } : {}),
    onStep: ({ subject, state, text }) => {
      if (state === 'preparing' || state === 'note') onPreparing(`${subject}: ${text}`);
    },
  };
  const provider = await chooseProvider(flags, context);
  if (provider === 'embedded') return await startEmbedded(options);
  if (provider === 'kind') return await startKindWithImages(flags, { options, context, signal });
  return await startExisting({
    ...options,
    ...chooseExisting(flags),
    ...readTestCredentials(flags, context.env),
  });
}

// What is not there is told before the minute that a cluster takes.
async function startKindWithImages(
  flags: Flags,
  { options, context, signal = context.signal }: KindOptions,
): Promise<StartedCluster> {
  const { env, cwd } = context;
  const images = await findImages(flags.loadImage ?? [], { env, cwd, signal });
  const cluster = await startKind({ ...options, ...chooseKind(flags), reuse: flags.reuse === true });
  try {
    const onLoaded = (name: string): void =>
      options.onStep?.({ subject: 'images', state: 'note', text: `${name} loaded` });
    await loadImages(cluster, images, { env, signal, onLoaded });
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

interface KindOptions {
  options: StartClusterOptions;
  context: CliContext;
  signal: AbortSignal | undefined;
}

// They are put into the cluster for the operator: those of a test store, never those of an account.
function readTestCredentials({ storeEndpoint }: Flags, env: NodeJS.ProcessEnv) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (storeEndpoint === undefined || !accessKeyId || !secretAccessKey) return {};
  return { storeCredentials: { accessKeyId, secretAccessKey } };
}

/** What is printed, and when. With `--json` the document alone is on stdout, and the steps are on stderr. */
function openPrinter(flags: Flags, context: CliContext) {
  const out = flags.json ? context.stderr : context.stdout;
  const colors = chooseColors(out, context.env, flags.color);
  const write = (text: string): void => {
    if (!flags.quiet) out.write(`${text}\n`);
  };
  return {
    head: ({ chart, valuesFiles = [], release }: RenderOptions) =>
      write(colors.bold(`the life of a secret: ${chart}, ${valuesFiles.join(' + ')}, release ${release}`)),
    preparing: (text: string): void => {
      if (!flags.quiet) context.stderr.write(`… ${text}\n`);
    },
    step: (step: LifeStep): void => {
      // What an interruption keeps from happening is nobody's news.
      if (context.signal.aborted && step.status === 'skipped') return;
      if (!flags.quiet || step.status === 'failed') out.write(`${formatLifeStep(step, colors)}\n`);
    },
    end: async (report: LifeReport): Promise<void> => {
      if (flags.json) {
        context.stdout.write(`${JSON.stringify(describeLife(report), null, 2)}\n`);
        return;
      }
      const tables = formatLifeEnvironments(report.environments, { colors, columns: out.columns });
      if (tables !== '') write(`\nwhat the containers saw\n${tables}\n`);
      write(formatLifeSummary(report, colors));
      const kept =
        report.kept === undefined ? undefined : findCluster(chooseCacheFolder(context), report.kept);
      if (kept !== undefined) out.write(`${formatClusterUse(await describeCluster(kept), colors)}\n`);
    },
  };
}
