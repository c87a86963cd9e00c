import { CommandError, SluiceError } from '../errors.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';

export interface ReportErrorOptions {
  context: CliContext;
  json: boolean;
}

/** Prints a failure, once and without a stack, and gives the exit code that belongs to it. */
export function reportError(error: unknown, { context, json }: ReportErrorOptions): number {
  const known = error instanceof SluiceError ? error : describeUnexpected(error);
  if (json) context.stdout.write(`${JSON.stringify(formatJsonError(known), null, 2)}\n`);
  const colors = chooseColors(context.stderr, context.env);
  const lines = [
    `${colors.red('error')} ${colors.bold(known.shortMessage)} ${colors.dim(`[${known.code}]`)}`,
  ];
  if (known.evidence) lines.push(indent(known.evidence.trimEnd()));
  if (known.remedy) lines.push(`  ${colors.cyan('→')} ${known.remedy}`);
  context.stderr.write(`${lines.join('\n')}\n`);
  return known.exitCode;
}

function formatJsonError(error: SluiceError): object {
  const { code, shortMessage, evidence, remedy } = error;
  const command = error instanceof CommandError ? error.commandLine : undefined;
  return { error: { code, message: shortMessage, evidence, remedy, command } };
}

function indent(text: string): string {
  return text.replaceAll(/^/gmu, '  ');
}

function describeUnexpected(error: unknown): SluiceError {
  if (isSpaceError(error)) {
    return new SluiceError({
      code: 'NO_SPACE',
      message: 'no space left where a file was to be written',
      evidence: error.message,
      remedy: 'Free some space, or set SLUICE_CACHE and TMPDIR to folders on another disk.',
      cause: error,
    });
  }
  return new SluiceError({
    code: 'UNEXPECTED',
    message: 'sluice stopped on something it did not foresee',
    evidence: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    remedy: 'This is a defect of sluice: please report it with the command you ran.',
    cause: error,
  });
}

function isSpaceError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
