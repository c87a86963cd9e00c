import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkOnServer } from '../check/check-on-server.js';
import { type CheckedValues, checkValues } from '../check/check-values.js';
import type { CheckServer } from '../check/open-check-server.js';
import { SluiceError } from '../errors.js';
import { isJsonObject, type JsonObject } from '../manifest/manifest.js';
import { parseManifests } from '../manifest/parse-manifests.js';
import { findCacheFolder } from '../toolchain/cache-folder.js';
import type { DisabledRule } from '../validate/validate-input.js';
import type { CliContext } from './cli-context.js';
import { DEFAULT_CLUSTER } from './cluster-flags.js';
import { chooseColors } from './colors.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { countSeverities, formatCheck, formatSummary } from './format-check.js';
import { PROJECT_FILE, type ProjectFile, readProjectFile } from './project-file.js';
import {
  addLookupsFlag,
  addRenderFlags,
  chooseRenderContext,
  chooseRenderOptions,
  describeEngine,
  type RenderFlags,
} from './render-flags.js';
import { listCases, type ValuesCase } from './values-cases.js';
import type { WatchedPlaces } from './watch-files.js';

interface Flags extends Omit<RenderFlags, 'kubeVersion'> {
  kubeVersion: string[];
  crd?: string[];
  disableRule?: string[];
  strict?: boolean;
  junit?: string;
  watch?: boolean;
  server?: boolean;
  kubeconfig?: string;
  context?: string;
}

/** A checked case with its time. */
export interface CheckedCase extends CheckedValues {
  case: ValuesCase;
  durationMs: number;
}

/** `sluice check`: renders, validates and lists what was found; exit code 1 where there are errors. */
export async function runCheck(args: readonly string[], context: CliContext): Promise<number> {
  const command = addLookupsFlag(
    addRenderFlags(
      createCommand(
        {
          name: 'check',
          description:
            'Render, validate and list what was found.\nWithout -f: every file in values/, each alone.',
          example: 'sluice check -f values/prod.yaml --kube-version 1.33 --junit report.xml',
        },
        context,
      ),
      { severalKubeVersions: true },
    ),
  )
    .option('--crd <file>', 'CustomResourceDefinitions that make further kinds known (repeatable)', collect)
    .option('--disable-rule <id=reason>', 'switch a rule off, and say why (repeatable)', collect)
    .option('--strict', 'warnings count as errors')
    .option('--junit <file>', 'write a JUnit report')
    .option('--watch', 'check again whenever the chart or a values file changes')
    .option(
      '--server',
      'have an API server try every object (dry run): a running test cluster, else one started for it',
    )
    .option('--kubeconfig <file>', 'try them on a server of this kubeconfig')
    .option('--context <name>', 'try them on the server of this context');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  if (flags.watch !== true) return await checkAndPrint(flags, context);
  refuseUnwatchable(flags);
  const { watchCheck } = await import('./watch-check.js');
  return await watchCheck({
    context,
    check: async () => {
      await checkAndPrint(flags, context);
    },
    listPlaces: async () => await listPlaces(flags, context),
    ignored: flags.junit === undefined ? [] : [resolve(context.cwd, flags.junit)],
  });
}

async function checkAndPrint(flags: Flags, context: CliContext): Promise<number> {
  const project = await readProjectFile(context.cwd);
  const cases = await listCases({ files: flags.file ?? [], cwd: context.cwd, project });
  const rules = await readRules(flags, project, context);
  const checked = await checkCases(cases, { flags, project, context, rules });
  context.signal.throwIfAborted();
  const rendered = checked.find(({ release }) => release !== undefined)?.release;
  if (flags.verbose && rendered !== undefined) context.stderr.write(`${describeEngine(rendered)}\n`);
  if (flags.junit !== undefined) {
    const { formatJunit } = await import('./format-junit.js');
    await writeFile(resolve(context.cwd, flags.junit), formatJunit(checked));
  }
  printChecked(checked, { flags, context });
  const { error, warning } = countSeverities(checked.flatMap(({ issues }) => issues));
  return error > 0 || (flags.strict === true && warning > 0) ? 1 : 0;
}

function refuseUnwatchable(flags: Flags): void {
  if (!flags.json && !wantsServer(flags)) return;
  throw new SluiceError({
    code: 'USAGE',
    message: `--watch does not go with ${flags.json ? '--json' : 'a server'}`,
    remedy: 'Leave one of them out.',
    exitCode: 2,
  });
}

async function listPlaces(flags: Flags, context: CliContext): Promise<WatchedPlaces> {
  // What is wrong with them is told by the check.
  const project = await readProjectFile(context.cwd).catch((): ProjectFile => ({}));
  const cases = await listCases({ files: flags.file ?? [], cwd: context.cwd, project }).catch(() => []);
  const { chart } = await chooseRenderOptions(
    { ...flags, lookups: undefined, kubeVersion: undefined },
    { project, context },
  );
  const files = [
    PROJECT_FILE,
    ...cases.flatMap((one) => one.files),
    ...(project.crds ?? []),
    ...(flags.crd ?? []),
    ...(flags.lookups === undefined ? [] : [flags.lookups]),
    ...(flags.setFile ?? []).map((assignment) => assignment.slice(assignment.indexOf('=') + 1)),
  ];
  const at = (path: string): string => resolve(context.cwd, path);
  const values = flags.file === undefined ? [at(project.values ?? 'values')] : [];
  return { folders: [at(chart), ...values], files: [chart, ...files].map(at) };
}

async function checkCases(cases: readonly ValuesCase[], options: Omit<CaseOptions, 'server'>) {
  const server = wantsServer(options.flags) ? await openServer(options) : undefined;
  try {
    return await Promise.all(cases.map(async (one) => await checkCase(one, { ...options, server })));
  } finally {
    await server?.close();
  }
}

function wantsServer({ server, kubeconfig, context }: Flags): boolean {
  return server === true || kubeconfig !== undefined || context !== undefined;
}

async function openServer({ flags, context }: Omit<CaseOptions, 'server'>): Promise<CheckServer> {
  const { openCheckServer } = await import('../check/open-check-server.js');
  const tell = (text: string): void => {
    if (!flags.quiet) context.stderr.write(`${text}\n`);
  };
  const server = await openCheckServer({
    env: context.env,
    cacheFolder: findCacheFolder(context.env),
    cluster: DEFAULT_CLUSTER,
    kubeconfig: flags.kubeconfig === undefined ? undefined : resolve(context.cwd, flags.kubeconfig),
    context: flags.context,
    signal: context.signal,
    onStep: ({ subject, state, text }) => {
      if (state === 'preparing') tell(`${subject} ${text}`);
    },
  });
  try {
    const version = await server.readVersion(context.signal);
    tell(`trying every object on ${server.description}, Kubernetes ${version}`);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

interface Rules {
  crds: JsonObject[];
  disabledRules: DisabledRule[];
  externals: NonNullable<ProjectFile['externals']>;
}

async function readRules(flags: Flags, project: ProjectFile, context: CliContext): Promise<Rules> {
  const files = [...(project.crds ?? []), ...(flags.crd ?? []).map((file) => resolve(context.cwd, file))];
  const crds = await Promise.all(files.map(readCrdFile));
  const named = (flags.disableRule ?? []).map((text) => {
    const [id = '', ...reason] = text.split('=');
    return { id, reason: reason.join('=') };
  });
  const kept = Object.entries(project.disabledRules ?? {}).map(([id, reason]) => ({ id, reason }));
  return { crds: crds.flat(), disabledRules: [...kept, ...named], externals: project.externals ?? {} };
}

async function readCrdFile(file: string): Promise<JsonObject[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw refuseCrd(file, error instanceof Error ? error.message : String(error));
  });
  const objects = parseManifests(text).map(({ object }) => object);
  const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  if (definitions.length === 0) throw refuseCrd(file, 'there is no CustomResourceDefinition in it');
  return definitions.filter(isJsonObject);
}

function refuseCrd(file: string, evidence: string): SluiceError {
  return new SluiceError({
    code: 'CRD_FILE',
    message: `file ${file} of --crd: of no use`,
    evidence,
    remedy: 'Name a YAML file with CustomResourceDefinitions.',
    exitCode: 2,
  });
}

interface CaseOptions {
  flags: Flags;
  project: ProjectFile;
  context: CliContext;
  rules: Rules;
  server: CheckServer | undefined;
}

async function checkCase(
  one: ValuesCase,
  { flags, project, context, rules, server }: CaseOptions,
): Promise<CheckedCase> {
  const start = performance.now();
  const { kubeVersion, ...common } = flags;
  const render = await chooseRenderOptions(common, { project, context, valuesCase: one });
  const versions = kubeVersion.length > 0 ? kubeVersion : (project.kubeVersions ?? []);
  const checked = await checkValues(
    { render, validate: rules, kubernetesVersions: versions },
    chooseRenderContext(flags, context),
  );
  if (server !== undefined && checked.release !== undefined) {
    const chart = resolve(context.cwd, render.chart);
    const { signal } = context;
    checked.issues.push(
      ...(await checkOnServer(checked.release, server, { crds: rules.crds, chart, signal })),
    );
  }
  return { case: one, ...checked, durationMs: performance.now() - start };
}

function printChecked(
  checked: readonly CheckedCase[],
  { flags, context }: { flags: Flags; context: CliContext },
): void {
  if (flags.json) {
    context.stdout.write(`${JSON.stringify(describeChecked(checked), null, 2)}\n`);
    return;
  }
  const colors = chooseColors(context.stdout, context.env, flags.color);
  const options = {
    colors,
    columns: context.stdout.columns,
    verbose: flags.verbose === true,
    quiet: flags.quiet === true,
  };
  const text = formatCheck(checked, options);
  if (text !== '') context.stdout.write(`${text}\n`);
  if (!flags.quiet) context.stdout.write(`${text === '' ? '' : '\n'}${formatSummary(checked, options)}\n`);
}

function describeChecked(checked: readonly CheckedCase[]): object {
  return {
    cases: checked.map(({ case: { files }, release, issues, durationMs }) => ({
      values: files,
      chart: release?.chart,
      release: release?.name,
      namespace: release?.namespace,
      objects: release?.manifests.length ?? 0,
      durationMs: Math.round(durationMs),
      issues,
    })),
    totals: countSeverities(checked.flatMap(({ issues }) => issues)),
  };
}
