import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { SluiceError } from '../errors.js';
import { renderChart } from '../helm/render-chart.js';
import type { SecretValue } from '../manifest/secret-value.js';
import { type ChangedParameter, isDocument, isText } from '../secrets/choose-place.js';
import type { StoredPlace } from '../secrets/document-writer.js';
import { findParameters, type ParameterUse, type ReadParameter } from '../secrets/find-parameters.js';
import { isObjectText, readDocument, readMembers } from '../secrets/json-document.js';
import type { StoredValue, ValueStore } from '../store/value-store.js';
import { askWhether, canAsk } from './ask.js';
import type { CliContext } from './cli-context.js';
import { type ProjectFile, readProjectFile } from './project-file.js';
import { PROTECTED_ENVIRONMENTS, readEnvironmentName } from './read-environment-name.js';
import {
  addRenderFlags,
  chooseRenderContext,
  chooseRenderOptions,
  type RenderFlags,
} from './render-flags.js';
import { addStoreFlags, type OpenedStores, openStoresFor, type StoreFlags } from './store-flags.js';
import { listCases } from './values-cases.js';

/** What commander makes of the options that every `sluice secrets` command has. */
export interface SecretsFlags extends RenderFlags, StoreFlags {
  path?: string;
  yes?: boolean;
}

/** Adds the options that every `sluice secrets` command has. */
export function addSecretsFlags(command: Command, { writes = false } = {}): Command {
  addStoreFlags(addRenderFlags(command)).option(
    '--path <name>',
    'this parameter or secret, instead of those that the release reads',
  );
  return writes ? command.option('--yes', 'write without asking, on a protected environment too') : command;
}

/** What a run of a command works on: the parameters that a release reads, or one that is named. */
export interface SecretsSession extends Disposable {
  readonly project: ProjectFile;
  /** Each once, whatever versions are pinned; those of stores that are none of AWS are left out. */
  readonly parameters: readonly ChangedParameter[];
  /** Where the release searches instead of naming. */
  readonly searches: readonly ChangedParameter[];
  /** True where `--path` names the only one. */
  readonly isNamed: boolean;
  /** The protected environment that this is, else undefined. */
  readonly protectedBy: string | undefined;
  place(parameter: ChangedParameter): Promise<StoredPlace>;
  /** What is stored now, by name; as few calls as the stores allow. */
  read(parameters: readonly ChangedParameter[]): Promise<Map<string, StoredValue>>;
}

/**
 * Renders the release, or takes what `--path` names, and opens stores at first use.
 *
 * @throws SluiceError `USAGE` where several environments might be meant, those of rendering.
 */
export async function openSession(flags: SecretsFlags, context: CliContext): Promise<SecretsSession> {
  const project = await readProjectFile(context.cwd);
  const stores = openStoresFor(flags, context);
  const { found, environment } = await findTargets(flags, { project, context, stores });
  const isSearch = ({ uses }: ReadParameter): boolean =>
    uses.length > 0 && uses.every(({ kind }) => kind === 'find');
  const own = found.filter(({ service }) => service !== undefined || stores.chosen !== undefined);
  const parameters =
    stores.chosen === 'Dotenv'
      ? [joinToFile(own, flags, context)]
      : distinct(own.filter((one) => !isSearch(one)));
  const place = async (parameter: ChangedParameter): Promise<StoredPlace> => ({
    store: await stores.of(parameter),
    name: parameter.name,
  });
  return {
    project,
    parameters,
    searches: own.filter(isSearch),
    isNamed: flags.path !== undefined,
    protectedBy: findProtection(environment, parameters, project),
    place,
    read: async (wanted) => await readStored(wanted, place, context.signal),
    [Symbol.dispose]: () => stores[Symbol.dispose](),
  };
}

/** The only parameter there is to work on; several need `--path`. */
export function requireOne({ parameters }: SecretsSession): ChangedParameter {
  const [only, another] = parameters;
  if (only !== undefined && another === undefined) return only;
  throw new SluiceError({
    code: 'USAGE',
    message: only === undefined ? 'the release reads no parameter' : 'the release reads several parameters',
    ...(only === undefined ? {} : { evidence: parameters.map(({ name }) => name).join('\n') }),
    remedy: 'Name one with --path.',
    exitCode: 2,
  });
}

/** The values that a parameter holds: the members of its JSON, or the one that its text is. */
export function readValues(
  parameter: ChangedParameter,
  stored: StoredValue | undefined,
): Map<string, SecretValue> {
  if (stored === undefined) return new Map();
  if (holdsDocument(parameter, stored))
    return readMembers(readDocument(stored.value.reveal(), parameter.name));
  return new Map([[nameText(parameter), stored.value]]);
}

/** True where a parameter is a JSON object to the release; where none reads it, as it is stored. */
export function holdsDocument(parameter: ChangedParameter, stored: StoredValue | undefined): boolean {
  if (isDocument(parameter)) return true;
  return !isText(parameter) && stored !== undefined && isObjectText(stored.value.reveal());
}

/** What a parameter whose text is one value is called: the key that it becomes, else its last level. */
export function nameText({ name, uses }: ChangedParameter): string {
  return uses.flatMap(({ keys }) => keys)[0] ?? name.slice(name.lastIndexOf('/') + 1);
}

/**
 * Sees to it that nothing is written on a protected environment without being told: asks, or needs `--yes`.
 *
 * @returns false where somebody was asked and said no
 * @throws SluiceError `PROTECTED_ENVIRONMENT`, exit code 2.
 */
export async function mayWrite(
  { protectedBy }: SecretsSession,
  { flags, context, what }: { flags: SecretsFlags; context: CliContext; what: string },
): Promise<boolean> {
  if (protectedBy === undefined || flags.yes) return true;
  if (canAsk(context)) return await askWhether(`${protectedBy} is protected. ${what}?`, context);
  throw new SluiceError({
    code: 'PROTECTED_ENVIRONMENT',
    message: `${protectedBy} is a protected environment: nothing was written`,
    remedy: '--yes writes. sluice.yaml says which environments are protected (protectedEnvironments).',
    exitCode: 2,
  });
}

interface FindOptions {
  project: ProjectFile;
  context: CliContext;
  stores: OpenedStores;
}

async function findTargets(
  flags: SecretsFlags,
  { project, context, stores }: FindOptions,
): Promise<{ found: ReadParameter[]; environment: string | undefined }> {
  const { path } = flags;
  const isAlone = path !== undefined || stores.chosen === 'Dotenv';
  if (isAlone && flags.file === undefined && flags.chart === undefined) {
    return { found: path === undefined ? [] : [describeNamed(path, stores)], environment: undefined };
  }
  const cases = await listCases({ files: flags.file ?? [], cwd: context.cwd, project });
  const [valuesCase, another] = cases;
  if (another !== undefined) throw describeSeveral(cases.map(({ name }) => name));
  const options = await chooseRenderOptions(flags, {
    project,
    context,
    ...(valuesCase === undefined ? {} : { valuesCase }),
  });
  const release = await renderChart({ ...options, skipTests: true }, chooseRenderContext(flags, context));
  const environment = await readEnvironmentName(options, context.cwd);
  const found = findParameters(release.manifests);
  if (path === undefined) return { found, environment };
  const named = found.filter(({ name }) => name === path);
  return { found: named.length > 0 ? named : [describeNamed(path, stores)], environment };
}

function describeNamed(name: string, { chosen }: OpenedStores): ReadParameter {
  const service = chosen === 'SecretsManager' ? chosen : 'ParameterStore';
  return { service, store: { kind: 'ClusterSecretStore', name: '' }, name, uses: [] };
}

/** A dotenv file is one object, whatever the release reads its keys from. */
function joinToFile(
  found: readonly ReadParameter[],
  flags: SecretsFlags,
  { cwd }: CliContext,
): ChangedParameter {
  const file = resolve(cwd, flags.dotenvFile ?? '.env');
  const whole: ParameterUse = { externalSecret: '', target: '', kind: 'extract', keys: [] };
  return { service: found[0]?.service, name: relative(cwd, file), uses: [whole] };
}

function distinct(found: readonly ReadParameter[]): ChangedParameter[] {
  const byName = new Map<string, ChangedParameter>();
  for (const { service, storeSpec, name, uses } of found) {
    const id = `${service} ${name}`;
    const known = byName.get(id);
    byName.set(id, { service, storeSpec, name, uses: [...(known?.uses ?? []), ...uses] });
  }
  return [...byName.values()];
}

function findProtection(
  environment: string | undefined,
  parameters: readonly ChangedParameter[],
  project: ProjectFile,
): string | undefined {
  const protectedEnvironments = project.protectedEnvironments ?? PROTECTED_ENVIRONMENTS;
  if (environment !== undefined && protectedEnvironments.includes(environment)) return environment;
  // A path that names the environment is in it, whatever the values say.
  const levels = new Set(parameters.flatMap(({ name }) => name.split('/')));
  return protectedEnvironments.find((name) => levels.has(name));
}

async function readStored(
  wanted: readonly ChangedParameter[],
  place: SecretsSession['place'],
  signal: AbortSignal,
): Promise<Map<string, StoredValue>> {
  const byStore = new Map<ValueStore, string[]>();
  for (const parameter of wanted) {
    const { store, name } = await place(parameter);
    byStore.set(store, [...(byStore.get(store) ?? []), name]);
  }
  const [only, another] = wanted;
  // One call that needs no more rights than the operator has.
  if (only !== undefined && another === undefined) {
    const { store, name } = await place(only);
    const stored = await store.get(name, { signal });
    return new Map(stored === undefined ? [] : [[name, stored]]);
  }
  const found = await Promise.all(
    [...byStore].map(async ([store, names]) => await store.getMany(names, { signal })),
  );
  return new Map(found.flatMap((one) => [...one]));
}

function describeSeveral(names: readonly string[]): SluiceError {
  return new SluiceError({
    code: 'USAGE',
    message: 'several environments might be meant',
    evidence: names.join('\n'),
    remedy: 'Name the values file with -f, such as -f values/prod.yaml, or a parameter with --path.',
    exitCode: 2,
  });
}
