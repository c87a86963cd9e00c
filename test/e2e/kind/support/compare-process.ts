import type { ContainerEnvironment } from '../../../../harness/manifest/container-environment.js';
import { revealValue } from '../../../../harness/manifest/env-value.js';
import type { PodReport } from './pods.js';

// What a runtime and the kubelet add to every process, unless the container says otherwise.
const ADDED = /^(?:PATH|HOME|HOSTNAME|KUBERNETES_(?:SERVICE|PORT)(?:_.*)?)$/u;

/**
 * In what a process's environment and files are other than they were told to be. What is known only at run time must be
 * there; no value is told.
 */
export function compareProcess(report: PodReport, told: ContainerEnvironment): string[] {
  const { variables, files, problems, openEnded } = told;
  const expected = new Map(
    variables.flatMap(({ name, value }) =>
      value.state === 'absent' ? [] : [[name, revealValue(value)] as const],
    ),
  );
  const actual = new Map(Object.entries(report.environment));
  const unlike = [...expected].flatMap(([name, value]) => {
    const is = actual.get(name);
    if (is === undefined) return [`${name}: missing`];
    return value === undefined || is === value ? [] : [`${name}: another value`];
  });
  const unexpected = [...actual.keys()].filter((name) => !expected.has(name) && !ADDED.test(name));
  return [
    ...problems.map(({ message }) => message),
    ...openEnded.map(({ source }) => `open: ${source.name}`),
    ...unlike,
    ...unexpected.map((name) => `${name}: not expected`),
    ...compareFiles(report, files),
  ];
}

/** The variables whose values are not told beforehand. */
export function listUnforetold({ variables }: ContainerEnvironment): string[] {
  return variables.flatMap(({ name, value }) =>
    value.state === 'absent' || revealValue(value) !== undefined ? [] : [name],
  );
}

// Files are looked for where the container's command says: a report without any was not asked for them.
function compareFiles(report: PodReport, files: ContainerEnvironment['files']): string[] {
  if (Object.keys(report.files).length === 0) return [];
  const expected = new Map(files.map((file) => [file.path, file]));
  return [...new Set([...expected.keys(), ...Object.keys(report.files)])].flatMap((path) => {
    const [is, should] = [report.files[path], expected.get(path)];
    if (should === undefined) return [`${path}: not expected`];
    if (is === undefined) return [`${path}: missing`];
    const value = revealValue(should.value);
    if (value !== undefined && is.content !== value) return [`${path}: another content`];
    return should.mode !== undefined && is.mode !== should.mode
      ? [`${path}: mode ${is.mode.toString(8)}`]
      : [];
  });
}
