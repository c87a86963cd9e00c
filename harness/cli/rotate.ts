import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { SluiceError } from '../errors.js';
import type { Manifest } from '../manifest/manifest.js';
import type { GenerateSpec } from '../secrets/generate/generate-spec.js';
import { readLiveManifests } from '../secrets/rotate/locate-secrets.js';
import { rotate } from '../secrets/rotate/rotate.js';
import type { RotationReport } from '../secrets/rotate/rotate-options.js';
import type { PlaceChange } from '../secrets/rotate/rotation-plan.js';
import { askWhether, canAsk } from './ask.js';
import type { CliContext } from './cli-context.js';
import { addContractFlag, type ContractFlags } from './contract-flags.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { findContract } from './find-contract.js';
import { addKubeFlags, chooseStoreContext, type KubeAccess, type KubeFlags, openKube } from './kube-flags.js';
import { type ProjectFile, readProjectFile } from './project-file.js';
import { readSeconds } from './read-seconds.js';
import { renderRelease } from './render-release.js';
import { openRotationPrinter } from './rotation-printer.js';
import { addStoreFlags, type OpenedStores, openStoresFor, type StoreFlags } from './store-flags.js';

const ROLLOUT_WITHIN_MS = 300_000;

export interface RotateFlags extends KubeFlags, ContractFlags, StoreFlags {
  file?: string[];
  chart?: string;
  release?: string;
  path?: string;
  generate?: 'hex' | 'base64' | 'password';
  keepPrevious?: boolean;
  retire?: boolean;
  refresh: boolean;
  restart: boolean;
  backupDir?: string;
  timeout?: number;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
  quiet?: boolean;
  color: boolean;
}

const DEFAULT_FOLDER = '.sluice';

/** `sluice rotate NAME…`: exit code 0 when the pods hold the new values, 1 where something kept them from it. */
export async function runRotate(args: readonly string[], context: CliContext): Promise<number> {
  const command = createRotateCommand(context);
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<RotateFlags>();
  requireConsistent(flags);
  const names = command.processedArgs[0] as string[];
  const project = await readProjectFile(context.cwd);
  const contract = await findContract(flags, { context, project });
  const hasCluster = flags.refresh && flags.store !== 'dotenv';
  using kube = hasCluster ? await openKube(flags, { context, project }) : undefined;
  using stores = openStoresFor(flags, kube === undefined ? context : chooseStoreContext(kube, context));
  const print = openRotationPrinter(flags, context);
  const report = await rotate({
    names,
    contract,
    generate: chooseGenerator(flags),
    keepPrevious: flags.keepPrevious,
    retire: flags.retire,
    restart: flags.restart,
    manifests: await readManifests(flags, { context, project, kube }),
    path: choosePath(flags, stores, context),
    openPlace: async ({ service, region }) =>
      service === 'Dotenv' ? await stores.of() : await stores.of({ service, storeSpec: { region } }),
    folder: resolve(context.cwd, flags.backupDir ?? DEFAULT_FOLDER),
    scope: describeScope(flags, context, kube),
    cluster:
      kube === undefined
        ? undefined
        : {
            client: kube.client,
            namespace: kube.namespace,
            rolloutTimeoutMs: flags.timeout ?? ROLLOUT_WITHIN_MS,
          },
    confirm: async (changes) => await confirm(changes, { flags, print, context }),
    cwd: context.cwd,
    env: context.env,
    signal: context.signal,
    ...{ onStep: print.step, onRefreshed: print.refreshed, onRestarted: print.restarted },
  });
  print.end(report);
  return isRefused(report, flags) ? 1 : 0;
}

function createRotateCommand(context: CliContext): Command {
  const command = createCommand(
    {
      name: 'rotate',
      usage: '[options] NAME...',
      description:
        'Replace secrets: make new values as the contract says, back up the old ones, write, refresh, restart, and\n' +
        'wait until the pods hold them. Interrupted at any point, the next run finishes or undoes.',
      example: 'sluice rotate JWT_SECRET_KEY --namespace my-app-prod --keep-previous',
    },
    context,
  )
    .argument('<NAME...>', 'names of variables')
    .option('-f, --file <file>', 'values file of the release; later ones win (repeatable)', collect)
    .option('--chart <dir>', 'with -f: chart (default: ./chart, ., or the chart that comes with sluice)')
    .option('--release <name>', 'with -f: release name')
    .option('--path <path>', 'parameter or secret that holds them, instead of looking for it');
  addKubeFlags(addStoreFlags(addContractFlag(command)));
  return command
    .addOption(
      new Option('--generate <kind>', 'how to make what the contract does not describe').choices([
        'hex',
        'base64',
        'password',
      ]),
    )
    .option('--keep-previous', 'keep the old value as NAME_PREVIOUS, for a time in which both count')
    .option('--retire', 'end that time: take NAME_PREVIOUS away')
    .option('--no-refresh', 'write, and leave the cluster alone')
    .option('--no-restart', 'refresh, and leave the pods alone')
    .option('--backup-dir <dir>', 'folder for backups and the log', DEFAULT_FOLDER)
    .option('--timeout <seconds>', 'how long to wait for each rollout (default: 300)', readSeconds)
    .option('--dry-run', 'say what would be done')
    .option('--yes', 'do not ask')
    .option('--json', 'one JSON document on stdout')
    .option('--quiet', 'print nothing but problems')
    .option('--no-color', 'no colour, even on a terminal');
}

function requireConsistent({ keepPrevious, retire }: RotateFlags): void {
  if (!(keepPrevious && retire)) return;
  throw new SluiceError({
    code: 'USAGE',
    message: '--keep-previous and --retire exclude each other',
    remedy: 'Rotate with --keep-previous first; retire when nobody uses the old value any more.',
    exitCode: 2,
  });
}

function chooseGenerator({ generate }: RotateFlags): GenerateSpec | undefined {
  return generate === undefined ? undefined : { type: generate };
}

function choosePath(flags: RotateFlags, stores: OpenedStores, context: CliContext) {
  if (stores.chosen === 'Dotenv') {
    return { service: stores.chosen, name: resolve(context.cwd, flags.dotenvFile ?? '.env') };
  }
  if (flags.path === undefined) return undefined;
  return { service: stores.chosen ?? ('ParameterStore' as const), name: flags.path };
}

async function readManifests(
  flags: RotateFlags,
  { context, project, kube }: { context: CliContext; project: ProjectFile; kube: KubeAccess | undefined },
): Promise<readonly Manifest[]> {
  const place = kube === undefined ? undefined : { namespace: kube.namespace, signal: context.signal };
  const live = kube === undefined || place === undefined ? [] : await readLiveManifests(kube.client, place);
  const rendered = await renderRelease(flags, { context, project, namespace: kube?.namespace });
  if (rendered === undefined) return live;
  // Where a release does not bring its store along, the cluster tells what it is.
  return [...live.filter(({ object }) => object.kind !== 'ExternalSecret'), ...rendered];
}

/** The same text for the same cluster, namespace and store: an interrupted rotation is found again by it. */
function describeScope(flags: RotateFlags, context: CliContext, kube: KubeAccess | undefined): string {
  if (flags.store === 'dotenv') return `file ${resolve(context.cwd, flags.dotenvFile ?? '.env')}`;
  const env = kube === undefined ? context.env : chooseStoreContext(kube, context).env;
  const endpoint = flags.endpointUrl ?? env['AWS_ENDPOINT_URL'] ?? 'aws';
  const cluster = kube === undefined ? 'no cluster' : `${kube.client.server} ${kube.namespace}`;
  return `${cluster} ${endpoint} ${flags.profile ?? env['AWS_PROFILE'] ?? ''}`.trim();
}

async function confirm(
  changes: readonly PlaceChange[],
  {
    flags,
    print,
    context,
  }: { flags: RotateFlags; print: ReturnType<typeof openRotationPrinter>; context: CliContext },
): Promise<boolean> {
  print.plan(changes);
  if (flags.dryRun) return false;
  if (flags.yes) return true;
  if (canAsk(context)) return await askWhether('Write this?', context);
  throw new SluiceError({
    code: 'NOT_CONFIRMED',
    message: 'nothing was written: nobody is there to be asked',
    remedy: 'Add --yes, or --dry-run to see what would be done.',
    exitCode: 2,
  });
}

// Declined on the terminal; a dry run is fine.
function isRefused({ state }: RotationReport, { dryRun }: RotateFlags): boolean {
  return state === 'refused' && dryRun !== true;
}
