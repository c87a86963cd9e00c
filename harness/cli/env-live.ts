import { SluiceError } from '../errors.js';
import type { ContainerEnvironment } from '../manifest/container-environment.js';
import { readLiveEnvironment } from '../secrets/live-environment.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { describeContainer, formatEnvironments } from './format-environment.js';
import { addKubeFlags, type KubeFlags, openKube } from './kube-flags.js';
import { readProjectFile } from './project-file.js';

interface Flags extends KubeFlags {
  workload?: string;
  container?: string;
  release?: string;
  selector?: string;
  json?: boolean;
  quiet?: boolean;
  color: boolean;
}

/** `sluice env --live`: what pods that are started now get, from the objects as they are in the cluster. */
export async function runEnvLive(args: readonly string[], context: CliContext): Promise<number> {
  const command = createEnvLiveCommand(context);
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const project = await readProjectFile(context.cwd);
  using kube = await openKube(flags, { context, project });
  const containers = await readLiveEnvironment(kube.client, {
    namespace: kube.namespace,
    workload: flags.workload,
    container: flags.container,
    selector: chooseSelector(flags),
    kubernetesVersion: kube.cluster?.kubernetesVersion,
    signal: context.signal,
  });
  if (containers.length === 0) throw nothingFound(flags, kube.namespace);
  const isBroken = containers.some(hasProblem);
  if (flags.json) {
    const document = { namespace: kube.namespace, containers: containers.map(describeContainer) };
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else if (!flags.quiet || isBroken) {
    const colors = chooseColors(context.stdout, context.env, flags.color);
    const shown = flags.quiet ? containers.filter(hasProblem) : containers;
    const tables = formatEnvironments(shown, { colors, columns: context.stdout.columns });
    context.stdout.write(`${tables.join('\n\n')}\n`);
  }
  return isBroken ? 1 : 0;
}

function createEnvLiveCommand(context: CliContext) {
  const command = createCommand(
    {
      name: 'env --live',
      description:
        'Show each variable that a pod gets which is started now, from the objects as they are in the cluster, and where\n' +
        'it comes from. Reads only ConfigMaps and Secrets that a workload names, and shows no secret.',
      example: 'sluice env --live --namespace my-app-prod --workload Deployment/my-app',
    },
    context,
  );
  return addKubeFlags(command)
    .option('--workload <name>', 'only this one: NAME or KIND/NAME')
    .option('--container <name>', 'only this container of each workload')
    .option('--release <name>', 'only those of this Helm release (label app.kubernetes.io/instance)')
    .option('-l, --selector <labels>', 'only workloads with these labels, such as team=shop')
    .option('--json', 'one JSON document on stdout')
    .option('--quiet', 'print nothing but problems')
    .option('--no-color', 'no colour, even on a terminal');
}

function chooseSelector({ release, selector }: Flags): string | undefined {
  const parts = [
    ...(release === undefined ? [] : [`app.kubernetes.io/instance=${release}`]),
    ...(selector === undefined ? [] : [selector]),
  ];
  return parts.length === 0 ? undefined : parts.join();
}

function hasProblem({ problems, variables }: ContainerEnvironment): boolean {
  return problems.length > 0 || variables.some((variable) => variable.problems.length > 0);
}

function nothingFound({ workload, container }: Flags, namespace: string): SluiceError {
  const wanted = [workload, container].filter((part) => part !== undefined).join(' › ');
  return new SluiceError({
    code: 'NOTHING_FOUND',
    message: `${wanted === '' ? 'workloads' : wanted}: none in namespace ${namespace}`,
    remedy: `kubectl get deployments,statefulsets,daemonsets,cronjobs --namespace ${namespace} lists them.`,
    exitCode: 2,
  });
}
