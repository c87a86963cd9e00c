import { type Command, Option } from 'commander';
import { SluiceError } from '../errors.js';
import { DOCTOR_CHECKS, type DoctorCheckId } from '../secrets/doctor/doctor-checks.js';
import type { DoctorReport } from '../secrets/doctor/doctor-report.js';
import { runDoctor as examineRelease } from '../secrets/doctor/run-doctor.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { addContractFlag, type ContractFlags } from './contract-flags.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { findContract } from './find-contract.js';
import { formatDoctor } from './format-doctor.js';
import { addKubeFlags, chooseStoreContext, type KubeFlags, openKube } from './kube-flags.js';
import { readProjectFile } from './project-file.js';
import { renderRelease } from './render-release.js';
import { openStoresFor, type StoreFlags } from './store-flags.js';

interface Flags extends KubeFlags, ContractFlags, StoreFlags {
  file?: string[];
  chart?: string;
  release?: string;
  selector?: string;
  only?: DoctorCheckId[];
  compare?: string[];
  strict?: boolean;
  json?: boolean;
  quiet?: boolean;
  color: boolean;
}

/** `sluice doctor`: exit code 1 where a link is broken, 0 where none is; with `--strict` warnings count too. */
export async function runDoctor(args: readonly string[], context: CliContext): Promise<number> {
  const command = createDoctorCommand(context);
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  requireChecks(flags.only ?? []);
  const project = await readProjectFile(context.cwd);
  const contract = await findContract(flags, { context, project });
  using kube = await openKube(flags, { context, project });
  using stores = openStoresFor(flags, chooseStoreContext(kube, context));
  const rendered = await renderRelease(flags, { context, project, namespace: kube.namespace });
  const report = await examineRelease(kube.client, {
    namespace: kube.namespace,
    selector: chooseSelector(flags),
    rendered,
    contract,
    openStore: async (service, region) => await stores.of({ service, storeSpec: { region } }),
    only: flags.only,
    compareWith: flags.compare,
    signal: context.signal,
  });
  requireSomething(report);
  print(report, flags, context);
  const counted = report.findings.filter(({ severity }) => severity === 'error' || flags.strict);
  return counted.length > 0 ? 1 : 0;
}

function createDoctorCommand(context: CliContext): Command {
  const command = createCommand(
    {
      name: 'doctor',
      description:
        'Follow the chain link by link: credentials, parameter, JSON, store, operator, ExternalSecret, Secret,\n' +
        'references, pods, process. Name the first broken link, with what was seen of it and what to do.\n' +
        'Without -f: every ExternalSecret of the namespace. It changes nothing, and prints no value.',
      example: 'sluice doctor -f values/prod.yaml --namespace my-app-prod',
    },
    context,
  )
    .option(
      '-f, --file <file>',
      'values file of the release that should be there; later ones win (repeatable)',
      collect,
    )
    .option('--chart <dir>', 'with -f: chart (default: ./chart, ., or the chart that comes with sluice)')
    .option(
      '--release <name>',
      'release name; without -f: only what carries it in app.kubernetes.io/instance',
    )
    .option('-l, --selector <labels>', 'only what has these labels');
  addKubeFlags(command);
  addStoreFlagsOfDoctor(command);
  addContractFlag(command);
  return command
    .option(
      '--compare <environment>',
      'an environment whose secrets must not be the same (repeatable)',
      collect,
    )
    .option('--only <id>', 'only this check, by its id (repeatable)', collect)
    .option('--strict', 'exit with 1 on warnings too')
    .option('--json', 'one JSON document on stdout')
    .option('--quiet', 'print nothing but problems')
    .option('--no-color', 'no colour, even on a terminal');
}

// Which service a parameter is in the cluster's own stores say.
function addStoreFlagsOfDoctor(command: Command): void {
  command
    .option('--profile <name>', 'profile of AWS')
    .option('--region <name>', 'region of AWS (default: AWS_REGION, the profile, or as the store says)')
    .addOption(
      new Option('--endpoint-url <url>', 'where AWS is reached, for emulators (default: AWS_ENDPOINT_URL)'),
    );
}

function requireChecks(ids: readonly string[]): void {
  const unknown = ids.filter((id) => !DOCTOR_CHECKS.some((one) => one.id === id));
  if (unknown.length === 0) return;
  throw new SluiceError({
    code: 'USAGE',
    message: `--only ${unknown.join(', ')}: no such check`,
    evidence: `there are ${DOCTOR_CHECKS.map(({ id }) => id).join(', ')}`,
    remedy: 'docs/doctor.md tells what each looks at.',
    exitCode: 2,
  });
}

function chooseSelector({ file, release, selector }: Flags): string | undefined {
  const instance =
    file === undefined && release !== undefined ? [`app.kubernetes.io/instance=${release}`] : [];
  const parts = [...instance, ...(selector === undefined ? [] : [selector])];
  return parts.length === 0 ? undefined : parts.join(',');
}

function requireSomething({ namespace, externalSecrets, findings }: DoctorReport): void {
  if (externalSecrets.length > 0 || findings.length > 0) return;
  throw new SluiceError({
    code: 'NOTHING_FOUND',
    message: `namespace ${namespace}: no ExternalSecret to follow`,
    remedy: 'Name another with --namespace, or the release that should be there with -f FILE.',
    exitCode: 2,
  });
}

function print(report: DoctorReport, flags: Flags, context: CliContext): void {
  if (flags.json) {
    context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const colors = chooseColors(context.stdout, context.env, flags.color);
  const text = formatDoctor(report, { colors, quiet: flags.quiet === true });
  if (text !== '') context.stdout.write(`${text}\n`);
}
