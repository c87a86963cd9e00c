import { SluiceError } from '../errors.js';
import type { SecretValue } from '../manifest/secret-value.js';
import type { NamedValues } from './diff-values.js';
import { formatDotenvEntry } from './format-dotenv.js';
import { normaliseKeys } from './normalise-key.js';

/** How values are written for somebody else to read. */
export const EXPORT_FORMATS = ['dotenv', 'json', 'compose', 'swarm'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  /** Service of the Compose file that gets the secrets. Default `app`. */
  service?: string;
}

/**
 * Writes values in a format. All but `compose` hold them.
 *
 * `dotenv` and `json`: name and value. `compose`: a file to add to one's own, whose secrets come from the environment of
 * `docker compose`, as files with `NAME_FILE` variables. `swarm`: shell commands that make Docker secrets, which take
 * the values on standard input.
 *
 * @throws SluiceError `EXPORT_NAME`, exit code 2, for names that the format has no place for.
 */
export function formatExport(values: NamedValues, format: ExportFormat, options: ExportOptions = {}): string {
  const sorted = new Map([...values].sort(([left], [right]) => (left < right ? -1 : 1)));
  switch (format) {
    case 'dotenv':
      return formatDotenv(sorted);
    case 'json':
      return `${JSON.stringify(Object.fromEntries(reveal(sorted)), null, 2)}\n`;
    case 'compose':
      return formatCompose([...sorted.keys()], options.service ?? 'app');
    case 'swarm':
      return formatSwarm(sorted, options.service ?? 'app');
  }
}

function formatDotenv(values: NamedValues): string {
  requireShellNames([...values.keys()]);
  return [...values].map(([name, value]) => `${formatDotenvEntry(name, value)}\n`).join('');
}

function formatCompose(names: readonly string[], service: string): string {
  const secrets = nameSecrets(names);
  return [
    '# The values come from the environment of docker compose, and are on no disk:',
    '#   sluice run -- docker compose -f compose.yaml -f THIS_FILE up',
    ...mountSecrets(secrets, service),
    'secrets:',
    ...secrets.flatMap(([name, secret]) => [`  ${secret}:`, `    environment: ${name}`]),
    '',
  ].join('\n');
}

function formatSwarm(values: NamedValues, service: string): string {
  const secrets = nameSecrets([...values.keys()]);
  const commands = secrets.map(([name, secret]) => {
    const value = values.get(name)?.reveal() ?? '';
    // printf is part of the shell: the value is in no program's arguments.
    return `printf '%s' ${quote(value)} | docker secret create ${secret} -`;
  });
  const mounts = [...mountSecrets(secrets, service), 'secrets:'];
  const declared = secrets.flatMap(([, secret]) => [`  ${secret}:`, '    external: true']);
  return [
    '#!/bin/sh',
    '# Makes the Docker secrets of a swarm. It holds them: remove it when it has run.',
    'set -eu',
    ...commands,
    '',
    '# In the stack file:',
    ...[...mounts, ...declared].map((line) => `#   ${line}`),
    '',
  ].join('\n');
}

function mountSecrets(secrets: readonly (readonly [string, string])[], service: string): string[] {
  return [
    'services:',
    `  ${service}:`,
    '    secrets:',
    ...secrets.map(([, secret]) => `      - ${secret}`),
    '    environment:',
    ...secrets.map(([name, secret]) => `      ${name}_FILE: /run/secrets/${secret}`),
  ];
}

function nameSecrets(names: readonly string[]): (readonly [string, string])[] {
  requireShellNames(names);
  return [...normaliseKeys(names)];
}

function requireShellNames(names: readonly string[]): void {
  const odd = names.filter((name) => !/^[A-Za-z_]\w*$/u.test(name));
  if (odd.length === 0) return;
  throw new SluiceError({
    code: 'EXPORT_NAME',
    message: `${odd.join(', ')}: can't be the name of a variable there`,
    remedy: '--format json takes every name.',
    exitCode: 2,
  });
}

function reveal(values: NamedValues): [string, string][] {
  return [...values].map(([name, value]: [string, SecretValue]) => [name, value.reveal()]);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
