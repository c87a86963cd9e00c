import { Option } from 'commander';
import { SluiceError } from '../errors.js';
import { renderChart } from '../helm/render-chart.js';
import { findParameters, type ReadParameter } from '../secrets/find-parameters.js';
import { findAccount } from '../secrets/iam/find-account.js';
import { formatTerraform, TERRAFORM_PLACE } from '../secrets/iam/format-terraform.js';
import { POLICY_AUDIENCES, type PolicyAudience } from '../secrets/iam/grants.js';
import { type IamPolicy, type IamPolicyOptions, makeIamPolicy } from '../secrets/iam/iam-policy.js';
import { lookUpKeys } from '../secrets/iam/look-up-keys.js';
import type { CliContext } from './cli-context.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { readProjectFile } from './project-file.js';
import {
  addRenderFlags,
  chooseRenderContext,
  chooseRenderOptions,
  type RenderFlags,
} from './render-flags.js';
import { describeEndpoint, openStoresFor, type StoreFlags } from './store-flags.js';
import { listCases } from './values-cases.js';

interface Flags extends RenderFlags, StoreFlags {
  for: PolicyAudience;
  format: 'json' | 'terraform';
  name?: string;
  secretStore?: string;
  account?: string;
  kmsKey?: string[];
  lookUp?: boolean;
}

/** Longest managed policy, in characters that are no white space. Source: quotas of IAM. */
const LONGEST_POLICY = 6144;

/** `sluice iam policy`: the least policy for what a release reads, as JSON or Terraform. */
export async function runIamPolicy(args: readonly string[], context: CliContext): Promise<number> {
  const command = createPolicyCommand(context);
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const { name, parameters } = await readRelease(flags, context);
  const all = parameters.filter(({ service }) => service !== undefined);
  const chosen = all.filter(
    ({ store }) => flags.secretStore === undefined || store.name === flags.secretStore,
  );
  if (chosen.length === 0) throw nothingRead(flags, parameters);
  const place = await findPlace(flags, context);
  const keyOf = await chooseKeys(chosen, flags, context);
  const options: IamPolicyOptions = { ...place, audience: flags.for, keyOf };
  const policy = makeIamPolicy(chosen, options);
  const notes = listNotes({ flags, parameters, chosen, place, policy });
  if (!flags.quiet) for (const note of notes) context.stderr.write(`note: ${note}\n`);
  if (flags.json) {
    const stores = listStores(chosen);
    context.stdout.write(`${JSON.stringify({ name, for: flags.for, policy, stores, notes }, null, 2)}\n`);
  } else if (flags.format === 'terraform') {
    const written = makeIamPolicy(chosen, { ...options, ...fillForTerraform(place) });
    context.stdout.write(formatTerraform(written, name));
  } else {
    context.stdout.write(`${JSON.stringify(policy, null, 2)}\n`);
  }
  return 0;
}

function createPolicyCommand(context: CliContext) {
  const command = createCommand(
    {
      name: 'iam policy',
      description:
        'Print the least policy of IAM for exactly the parameters and keys that the rendered release reads.\n' +
        'Without --look-up nothing is asked of AWS.',
      example: 'sluice iam policy -f values/prod.yaml --look-up > policy.json',
    },
    context,
  );
  return addRenderFlags(command)
    .addOption(
      new Option('--for <who>', 'who will have it: the operator, who runs programs with it, or who writes')
        .choices(POLICY_AUDIENCES)
        .default('operator'),
    )
    .addOption(
      new Option('--format <format>', 'how it is written').choices(['json', 'terraform']).default('json'),
    )
    .option('--name <name>', "the policy's name, for Terraform (default: release and audience)")
    .option('--secret-store <name>', 'only what is read through this store')
    .option('--account <number>', 'account of AWS (default: * in its place)')
    .option('--region <name>', 'region, where the release does not say (default: AWS_REGION, else *)')
    .option('--kms-key <key>', 'key of KMS that encrypts the values: ARN, id or alias (repeatable)', collect)
    .option('--look-up', 'ask AWS for the account, and the store for the key of each value')
    .option('--profile <name>', 'profile of AWS')
    .option('--endpoint-url <url>', 'where AWS is reached, for emulators (default: AWS_ENDPOINT_URL)');
}

interface ReadRelease {
  name: string;
  parameters: ReadParameter[];
}

async function readRelease(flags: Flags, context: CliContext): Promise<ReadRelease> {
  const project = await readProjectFile(context.cwd);
  const cases = await listCases({ files: flags.file ?? [], cwd: context.cwd, project });
  const [one, ...others] = cases;
  if (one === undefined || others.length > 0) throw unclear(cases.map(({ name }) => name));
  const options = await chooseRenderOptions(flags, { project, context, valuesCase: one });
  const release = await renderChart({ ...options, skipTests: true }, chooseRenderContext(flags, context));
  const parameters = findParameters(release.manifests);
  return { name: flags.name ?? `${release.name}-secrets-${flags.for}`, parameters };
}

type Place = Pick<IamPolicyOptions, 'account' | 'region' | 'partition'>;

async function findPlace(flags: Flags, context: CliContext): Promise<Place> {
  const endpoint = describeEndpoint(flags, context);
  const { account } = flags;
  if (account !== undefined && !/^\d{12}$/u.test(account)) throw badAccount(account);
  const region = endpoint.region === '' ? undefined : endpoint.region;
  if (!flags.lookUp || account !== undefined) return { account, region };
  return { ...(await findAccount(endpoint)), region };
}

/** What is not known is left for Terraform to find out. */
function fillForTerraform({ account, region, partition }: Place): Place {
  return {
    account: account ?? TERRAFORM_PLACE.account,
    region: region ?? TERRAFORM_PLACE.region,
    partition: partition ?? TERRAFORM_PLACE.partition,
  };
}

async function chooseKeys(
  parameters: readonly ReadParameter[],
  flags: Flags,
  context: CliContext,
): Promise<(parameter: ReadParameter) => readonly string[]> {
  if (flags.kmsKey !== undefined) {
    const keys = flags.kmsKey;
    return () => keys;
  }
  if (!flags.lookUp) return () => [];
  using stores = openStoresFor(flags, context);
  return await lookUpKeys(parameters, {
    openStore: async (parameter) => await stores.of(parameter),
    signal: context.signal,
  });
}

interface Noted {
  flags: Flags;
  parameters: readonly ReadParameter[];
  chosen: readonly ReadParameter[];
  place: Place;
  policy: IamPolicy;
}

function listNotes({ flags, parameters, chosen, place, policy }: Noted): string[] {
  const notes: string[] = [];
  const foreign = parameters.filter(({ service }) => service === undefined);
  if (foreign.length > 0) {
    const stores = [...new Set(foreign.map(({ store }) => `${store.kind} ${store.name}`))];
    notes.push(`not in it is what is read from stores that are none of AWS: ${stores.join(', ')}`);
  }
  const isJson = flags.format === 'json';
  if (place.account === undefined && isJson) {
    notes.push('its names say * for the account: --account or --look-up puts the number there');
  }
  if (
    place.region === undefined &&
    isJson &&
    chosen.some(({ storeSpec }) => storeSpec?.region === undefined)
  ) {
    notes.push('its names say * for the region: --region puts it there');
  }
  if (flags.kmsKey === undefined && !flags.lookUp) {
    notes.push(
      'it allows no key: the account’s own (alias/aws/…) needs no leave; --look-up or --kms-key adds others',
    );
  }
  const roles = new Set(chosen.map(({ storeSpec }) => storeSpec?.role).filter((role) => role !== undefined));
  for (const role of roles) notes.push(`the operator takes on ${role}: the policy belongs to that role`);
  const identities = listStores(chosen);
  if (identities.length > 1) {
    const names = identities.map(({ name }) => name).join(', ');
    notes.push(`the release reads through ${names}: --secret-store gives the policy of one`);
  }
  const length = JSON.stringify(policy).length;
  if (length > LONGEST_POLICY) {
    notes.push(
      `${length} characters: a managed policy has at most ${LONGEST_POLICY}; divide it by --secret-store`,
    );
  }
  return notes;
}

interface ListedStore {
  kind: string;
  name: string;
  service: string | undefined;
  region: string | undefined;
  role: string | undefined;
}

function listStores(parameters: readonly ReadParameter[]): ListedStore[] {
  const stores = new Map<string, ListedStore>();
  for (const { store, service, storeSpec } of parameters) {
    const { region, role } = storeSpec ?? {};
    stores.set(`${store.kind}/${store.name}`, { ...store, service, region, role });
  }
  return [...stores.values()];
}

function nothingRead({ secretStore }: Flags, parameters: readonly ReadParameter[]): SluiceError {
  const names = [...new Set(parameters.map(({ store }) => store.name))];
  return new SluiceError({
    code: 'NOTHING_FOUND',
    message: `the release reads nothing from AWS${secretStore === undefined ? '' : ` through ${secretStore}`}`,
    evidence: names.length === 0 ? 'it has no ExternalSecret' : `its stores: ${names.join(', ')}`,
    remedy: 'A policy is for what ExternalSecrets read: check the values files.',
    exitCode: 2,
  });
}

function unclear(names: readonly string[]): SluiceError {
  return new SluiceError({
    code: 'USAGE',
    message: 'each environment has a policy of its own: which one is meant?',
    evidence: names.join('\n'),
    remedy: 'Name its values: sluice iam policy -f values/prod.yaml',
    exitCode: 2,
  });
}

function badAccount(account: string): SluiceError {
  return new SluiceError({
    code: 'USAGE',
    message: `--account ${account}: no number of an account`,
    remedy: 'It has twelve digits: aws sts get-caller-identity --query Account',
    exitCode: 2,
  });
}
