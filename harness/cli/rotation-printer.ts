import type { RefreshOutcome } from '../secrets/refresh.js';
import type { RestartOutcome } from '../secrets/restart-readers.js';
import type { RotationReport, RotationStep } from '../secrets/rotate/rotate-options.js';
import { describePlace, type PlaceChange } from '../secrets/rotate/rotation-plan.js';
import type { CliContext } from './cli-context.js';
import { type Colors, chooseColors } from './colors.js';
import { formatRefresh, formatRestart } from './refresh.js';

interface PrintFlags {
  json?: boolean;
  quiet?: boolean;
  color: boolean;
}

/** What a rotation prints, step by step. With `--json` the document alone is on stdout. */
export function openRotationPrinter(flags: PrintFlags, context: CliContext) {
  const out = flags.json ? context.stderr : context.stdout;
  const colors = chooseColors(out, context.env, flags.color);
  const write = (text: string, isProblem = false): void => {
    if (isProblem || !flags.quiet) out.write(`${text}\n`);
  };
  return {
    plan: (changes: readonly PlaceChange[]): void => write(formatPlan(changes, colors)),
    step: (step: RotationStep, state: 'begin' | 'end', text: string): void => {
      const done = state === 'end' ? DONE[step] : undefined;
      if (done !== undefined) write(`${colors.green('✓')} ${done} ${text}`);
    },
    refreshed: (outcome: RefreshOutcome): void =>
      write(formatRefresh(outcome, colors), outcome.state !== 'synced'),
    restarted: (outcome: RestartOutcome): void =>
      write(formatRestart(outcome, colors), outcome.state === 'failed'),
    end: (report: RotationReport): void => {
      if (flags.json) {
        context.stdout.write(`${JSON.stringify(describeReport(report), null, 2)}\n`);
        return;
      }
      write(formatReport(report, colors));
    },
  };
}

const DONE: Partial<Record<RotationStep, string>> = { 'back-up': 'backed up in', write: 'written' };

function formatPlan(changes: readonly PlaceChange[], colors: Colors): string {
  return changes
    .flatMap(({ place, version, descriptions }) => [
      `${colors.bold(describePlace(place))}${version === undefined ? ', new' : `, version ${version}`}`,
      ...[...descriptions].map(([key, description]) => `  ${key}: ${description}`),
      place.externalSecrets.length === 0
        ? colors.dim('  read by no ExternalSecret')
        : colors.dim(`  read by ${place.externalSecrets.join(', ')}`),
    ])
    .join('\n');
}

function formatReport(
  { state, action, finished, undone, places, backup }: RotationReport,
  colors: Colors,
): string {
  const lines = [
    ...(undone.length === 0 ? [] : [`undone: ${undone.length} that had written nothing`]),
    ...(finished.length === 0 ? [] : [`finished: ${finished.join(', ')}, begun by an earlier run`]),
    ...places.map(
      ({ place, names, versionBefore, versionAfter }) =>
        `${colors.green('✓')} ${[place, ...names].join(' › ')}: version ${versionBefore ?? 'none'} → ${versionAfter ?? 'none'}`,
    ),
    ...(backup === undefined
      ? []
      : [`the old values are in ${backup}; remove it when nobody needs them any more`]),
    state === 'refused' ? 'nothing was written' : `${action === 'retire' ? 'retired' : 'rotated'}`,
  ];
  return lines.join('\n');
}

function describeReport(report: RotationReport): object {
  const { delivery, ...rest } = report;
  return { ...rest, refreshed: delivery?.refreshed ?? [], restarted: delivery?.restarted ?? [] };
}
