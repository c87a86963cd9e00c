import type { ContainerEnvironment, EnvVariable } from '../manifest/container-environment.js';
import type { EnvValue, UnknownReason } from '../manifest/env-value.js';
import { formatOrigin } from '../manifest/format-origin.js';
import { formatObjectName } from '../manifest/manifest.js';
import { findSecret } from '../validate/plain-secrets/find-secret.js';
import type { Colors } from './colors.js';
import { formatTable } from './format-table.js';

const REASONS: Readonly<Record<UnknownReason, string>> = {
  'from-secret-store': 'secret, from the store',
  'outside-release': 'set outside of the release',
  'from-template': 'secret, by a template',
  encrypted: 'secret, sealed',
  'at-runtime': 'set at run time',
  composed: 'composed',
  binary: 'not text',
  missing: 'missing',
};

const LONGEST_SHOWN = 60;

export interface FormatEnvironmentOptions {
  colors: Colors;
  columns: number | undefined;
}

/**
 * Every container as a heading and a table: variable, value where it is no secret, where from, remarks. Containers
 * that see the same share one table.
 */
export function formatEnvironments(
  containers: readonly ContainerEnvironment[],
  options: FormatEnvironmentOptions,
): string[] {
  const groups = new Map<string, string[]>();
  for (const container of containers) {
    const body = formatBody(container, options);
    groups.set(body, [...(groups.get(body) ?? []), formatHeading(container, options.colors)]);
  }
  return [...groups].map(([body, headings]) => [...headings, body].join('\n'));
}

function formatHeading({ workload, container, role }: ContainerEnvironment, colors: Colors): string {
  const { kind, metadata } = workload.manifest.object;
  return `${kind}/${metadata.name} › ${container}${role === 'container' ? '' : colors.dim(` (${role})`)}`;
}

function formatBody(container: ContainerEnvironment, { colors, columns }: FormatEnvironmentOptions): string {
  const concealed = listConcealed(container);
  const rows = [
    ...container.variables.map((variable) => formatVariable(variable, concealed.has(variable.name), colors)),
    ...container.openEnded.map(({ source, prefix, optional }) => [
      colors.italic(`${prefix}*`),
      colors.dim(source.type === 'existing' ? 'any name it holds' : 'any name, known after the sync'),
      formatOrigin(source),
      optional ? 'optional' : '',
    ]),
    ...container.files.map((file) => [
      colors.italic(file.path),
      colors.dim(describeValue(file.value, file.secret)),
      formatOrigin(file.origin),
      'file',
    ]),
  ];
  const problems = container.problems.map(({ message }) => `  ${colors.red('✗')} ${message}`);
  if (rows.length === 0) return ['  no variables', ...problems].join('\n');
  const withRemarks = rows.some((row) => row[3] !== '');
  const table = formatTable({
    head: ['VARIABLE', 'VALUE', 'FROM', ...(withRemarks ? ['REMARKS'] : [])].map((text) => colors.dim(text)),
    rows: withRemarks ? rows : rows.map((row) => row.slice(0, 3)),
    columns,
    indent: 2,
  });
  return [table, ...problems].join('\n');
}

function formatVariable(variable: EnvVariable, secret: boolean, colors: Colors): string[] {
  const shown = describeValue(variable.value, secret);
  const plain = variable.value.state === 'known' && !secret;
  const remarks = [
    ...variable.problems.map(({ message }) => colors.red(`✗ ${message}`)),
    ...variable.shadows.map((origin) =>
      colors.yellow(`hides ${formatOrigin(origin, { name: variable.name })}`),
    ),
  ];
  return [
    variable.name,
    plain ? shown : colors.dim(shown),
    formatOrigin(variable.origin, { name: variable.name }),
    remarks.join('\n'),
  ];
}

/**
 * Names of the variables whose values are not shown: secrets, what looks like one (a password in a ConfigMap is a
 * defect of the values; showing it would make it worse), and what is composed of either.
 */
function listConcealed({ variables }: ContainerEnvironment): Set<string> {
  const concealed = new Set<string>();
  for (const { name, secret, value, uses } of variables) {
    const made = uses.some((used) => concealed.has(used));
    // What is not known yet has a preview that names secrets instead of holding them.
    const known = value.state === 'known' && (secret || findSecret(name, value.text) !== undefined);
    const preview = value.state === 'unknown' && findSecret(name, value.preview ?? '') !== undefined;
    if (known || preview || made) concealed.add(name);
  }
  return concealed;
}

function describeValue(value: EnvValue, secret: boolean): string {
  if (value.state === 'absent') return 'not set';
  if (value.state === 'unknown') return (secret ? undefined : value.preview) ?? REASONS[value.reason];
  if (secret || value.state === 'hidden') return 'secret';
  const text = JSON.stringify(value.text).slice(1, -1).replaceAll('\\"', '"');
  return text.length > LONGEST_SHOWN
    ? `${text.slice(0, LONGEST_SHOWN)}… (${value.text.length} characters)`
    : text;
}

/** A container for JSON: names, origins and states; values only where they are no secret. */
export function describeContainer(container: ContainerEnvironment): object {
  const { workload, role, variables, openEnded, files, problems } = container;
  const concealed = listConcealed(container);
  return {
    workload: formatObjectName(workload.manifest.object),
    container: container.container,
    role,
    variables: variables.map((variable) => ({
      name: variable.name,
      secret: variable.secret,
      ...describeState(variable.value, concealed.has(variable.name)),
      from: formatOrigin(variable.origin),
      origin: withoutManifest(variable.origin),
      shadows: variable.shadows.map((origin) => formatOrigin(origin)),
      mayBeOverriddenBy: variable.mayBeOverriddenBy.map((origin) => formatOrigin(origin)),
      problems: variable.problems,
    })),
    openEnded: openEnded.map(({ source, prefix, optional }) => ({
      prefix,
      optional,
      from: formatOrigin(source),
      origin: withoutManifest(source),
    })),
    files: files.map(({ path, secret, origin, value, optional }) => ({
      path,
      secret,
      optional,
      ...describeState(value, secret),
      from: formatOrigin(origin),
    })),
    problems,
  };
}

function describeState(value: EnvValue, secret: boolean): object {
  if (value.state === 'known' && !secret) return { state: 'known', value: value.text };
  if (value.state === 'unknown') {
    return { state: 'unknown', reason: value.reason, preview: secret ? undefined : value.preview };
  }
  return { state: value.state === 'known' ? 'hidden' : value.state };
}

function withoutManifest<T extends object>(origin: T): object {
  const { manifest: _manifest, by: _by, ...rest } = origin as T & { manifest?: unknown; by?: unknown };
  return rest;
}
