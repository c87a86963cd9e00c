import { SluiceError } from '../errors.js';
import { formatSeconds } from '../exec/wait-until.js';
import { type RefreshOutcome, refreshEach } from '../secrets/refresh.js';
import { listChangedSecrets, readTemplateDigests } from '../secrets/reloader.js';
import { type RestartOutcome, restartReaders } from '../secrets/restart-readers.js';
import type { CliContext } from './cli-context.js';
import { type Colors, chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { describeError } from './describe-error.js';
import { addKubeFlags, type KubeFlags, openKube } from './kube-flags.js';
import { readProjectFile } from './project-file.js';
import { readSeconds } from './read-seconds.js';

const SYNCED_WITHIN_MS = 30_000;

interface Flags extends KubeFlags {
  release?: string;
  selector?: string;
  restart?: boolean;
  timeout?: number;
  json?: boolean;
  quiet?: boolean;
  color: boolean;
}

/** `sluice refresh`: has the operator read again, waits, and restarts where asked; exit code 1 where one fails. */
export async function runRefresh(args: readonly string[], context: CliContext): Promise<number> {
  const command = createRefreshCommand(context);
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const names = command.processedArgs[0] as string[];
  const project = await readProjectFile(context.cwd);
  using kube = await openKube(flags, { context, project });
  const print = openPrinter(flags, context);
  const selector = chooseSelector(flags);
  const { namespace } = kube;
  const { signal } = context;
  const before = flags.restart ? await readTemplateDigests(kube.client, { namespace, signal }) : undefined;
  const outcomes = await refreshEach(kube.client, {
    namespace,
    ...(names.length === 0 ? {} : { names }),
    selector,
    timeoutMs: flags.timeout ?? SYNCED_WITHIN_MS,
    signal,
    onOutcome: print.refreshed,
  });
  requireFound(outcomes, { names, namespace, selector });
  const secrets = outcomes.flatMap((one) => (one.state === 'synced' && one.secret ? [one.secret] : []));
  const restarts = before
    ? await restartReaders(kube.client, {
        ...{ namespace, secrets, signal },
        reloader: { before, changed: listChangedSecrets(outcomes) },
        onOutcome: print.restarted,
      })
    : [];
  print.end(outcomes, restarts);
  const isFine =
    outcomes.every(({ state }) => state === 'synced') &&
    restarts.every(({ state }) => state === 'rolled-out');
  return isFine ? 0 : 1;
}

function createRefreshCommand(context: CliContext) {
  const command = createCommand(
    {
      name: 'refresh',
      usage: '[options] [NAME...]',
      description:
        'Have the operator read ExternalSecrets again, without deleting anything, and wait until each is synced.\n' +
        'Without names: every one of the namespace that the selector has.',
      example: 'sluice refresh --namespace my-app-prod --selector example.com/managed=true --restart',
    },
    context,
  ).argument('[NAME...]', 'names of ExternalSecrets');
  return addKubeFlags(command)
    .option('--release <name>', 'only those of this Helm release (label app.kubernetes.io/instance)')
    .option('-l, --selector <labels>', 'only those with these labels, such as team=shop')
    .option('--restart', 'then replace the pods that read them, and wait until all hold the new values')
    .option('--timeout <seconds>', 'how long to wait for each (default: 30)', readSeconds)
    .option('--json', 'one JSON document on stdout')
    .option('--quiet', 'print nothing but problems')
    .option('--no-color', 'no colour, even on a terminal');
}

function chooseSelector({ release, selector }: Flags): string | undefined {
  const parts = [
    ...(release === undefined ? [] : [`app.kubernetes.io/instance=${release}`]),
    ...(selector === undefined ? [] : [selector]),
  ];
  return parts.length === 0 ? undefined : parts.join(',');
}

function requireFound(
  outcomes: readonly RefreshOutcome[],
  {
    names,
    namespace,
    selector,
  }: { names: readonly string[]; namespace: string; selector: string | undefined },
): void {
  const missing = names.filter((name) => !outcomes.some((one) => one.name === name));
  if (outcomes.length > 0 && missing.length === 0) return;
  const what = missing.length > 0 ? missing.join(', ') : 'ExternalSecrets';
  throw new SluiceError({
    code: 'NOTHING_FOUND',
    message: `${what}: none in namespace ${namespace}${selector === undefined ? '' : ` with ${selector}`}`,
    remedy: `kubectl get externalsecrets --namespace ${namespace} --show-labels lists them.`,
    exitCode: 2,
  });
}

/** One line a secret as soon as it is known, on stderr where stdout is for a document. */
function openPrinter(flags: Flags, context: CliContext) {
  const out = flags.json ? context.stderr : context.stdout;
  const colors = chooseColors(out, context.env, flags.color);
  const write = (text: string, isProblem: boolean): void => {
    if (isProblem || !flags.quiet) out.write(`${text}\n`);
  };
  return {
    refreshed: (one: RefreshOutcome): void => write(formatRefresh(one, colors), one.state !== 'synced'),
    restarted: (one: RestartOutcome): void => write(formatRestart(one, colors), one.state === 'failed'),
    end: (outcomes: readonly RefreshOutcome[], restarts: readonly RestartOutcome[]): void => {
      if (!flags.json) return;
      const document = { refreshed: outcomes.map(describeOutcome), restarted: restarts.map(describeOutcome) };
      context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    },
  };
}

/** One line a secret, with its remedy below where it needs one. */
export function formatRefresh(outcome: RefreshOutcome, colors: Colors): string {
  const name = `${outcome.namespace}/${outcome.name}`;
  if (outcome.state === 'synced') {
    return `${colors.green('✓')} ${name} synced, ${formatChange(outcome.changedKeys)}, ${formatSeconds(outcome.durationMs)}`;
  }
  if (outcome.state === 'ignored') {
    return `${colors.yellow('–')} ${name} not read: ${outcome.reason}\n  ${colors.cyan('→')} ${outcome.remedy}`;
  }
  return formatFailure(name, outcome.error, colors);
}

function formatChange(keys: readonly string[] | undefined): string {
  if (keys === undefined) return 'its Secret may not be read';
  return keys.length === 0 ? 'unchanged' : `changed ${keys.join(', ')}`;
}

/** One line a workload. */
export function formatRestart(outcome: RestartOutcome, colors: Colors): string {
  const { kind, namespace, name } = outcome.workload;
  const full = `${kind} ${namespace}/${name}`;
  if (outcome.state === 'failed') return formatFailure(full, outcome.error, colors);
  const by = outcome.by === 'reloader' ? ' by Reloader' : '';
  const line = `${colors.green('✓')} ${full} rolled out${by}, ${formatSeconds(outcome.durationMs)}`;
  if (!outcome.isReloaderLate) return line;
  const late =
    'its annotations ask Reloader to replace its pods, which had not begun in time: restarted here';
  return `${line}\n  ${colors.yellow('–')} ${late}`;
}

function formatFailure(name: string, error: unknown, colors: Colors): string {
  const { message, evidence, remedy } = describeError(error);
  return [
    `${colors.red('✗')} ${name}: ${message}`,
    ...(evidence === undefined ? [] : [evidence.trimEnd().replaceAll(/^/gmu, '  ')]),
    ...(remedy === undefined ? [] : [`  ${colors.cyan('→')} ${remedy}`]),
  ].join('\n');
}

function describeOutcome(outcome: RefreshOutcome | RestartOutcome): object {
  return outcome.state === 'failed' ? { ...outcome, error: describeError(outcome.error) } : outcome;
}
