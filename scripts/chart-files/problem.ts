import { SluiceError } from '../../harness/errors.js';

/** Something wrong in a file that a person wrote, with the line to look at. */
export interface Problem {
  file: string;
  /** From 1. */
  line: number;
  message: string;
}

/** `chart/values.yaml:12: message`: the form that editors and terminals turn into a link. */
export function formatProblem({ file, line, message }: Problem): string {
  return `${file}:${line}: ${message}`;
}

/**
 * Ends the work with every problem at once, in the order of files and lines.
 *
 * @param what what failed, without a full stop
 * @throws SluiceError `CHART_FILES_INVALID` where there is at least one problem.
 */
export function throwProblems(what: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const ordered = [...problems].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  throw new SluiceError({
    code: 'CHART_FILES_INVALID',
    message: `${what}: ${problems.length === 1 ? '1 problem' : `${problems.length} problems`}.`,
    evidence: ordered.map(formatProblem).join('\n'),
  });
}
