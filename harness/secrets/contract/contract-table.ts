import type { Contract, ContractEntry, ContractFormat } from './contract.js';

const HEAD = ['Variable', 'Description', 'Required', 'Category', 'Rotation', 'Format', 'Default'];

/** The contract as a table in Markdown: one line a variable, in the order of the file. No insecure default is shown. */
export function formatContractTable({ entries }: Contract): string {
  const rows = entries.map((entry) => [
    `\`${entry.name}\``,
    entry.description,
    formatRequired(entry),
    entry.category ?? '',
    formatRotation(entry),
    entry.format === undefined ? '' : formatFormat(entry.format),
    entry.default === undefined ? '' : formatCode(entry.default),
  ]);
  const lines = [HEAD, HEAD.map(() => '---'), ...rows.map((row) => row.map(escapeCell))];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function formatRequired({ required, workloads }: ContractEntry): string {
  if (!required) return 'No';
  return workloads === undefined ? 'Yes' : `Yes (${workloads.join(', ')})`;
}

function formatRotation({ secret, rotateEvery, rotateWhen }: ContractEntry): string {
  if (!secret) return 'N/A';
  return [rotateEvery === undefined ? undefined : `every ${formatDuration(rotateEvery)}`, rotateWhen]
    .filter((part) => part !== undefined)
    .join(', ');
}

const UNITS: Readonly<Record<string, string>> = { h: 'hour', d: 'day', w: 'week' };

function formatDuration(text: string): string {
  const count = Number.parseInt(text, 10);
  return `${count} ${UNITS[text.slice(-1)]}${count === 1 ? '' : 's'}`;
}

/** A format in words: `hex, at least 32 characters`. */
export function formatFormat(format: ContractFormat): string {
  const { type, pattern, minLength, maxLength, oneOf, schemes, minimum, maximum } = format;
  return [
    type,
    schemes === undefined ? undefined : `${schemes.join(' or ')} URL`,
    pattern === undefined ? undefined : formatCode(pattern),
    oneOf === undefined ? undefined : oneOf.map((one) => formatCode(one)).join(', '),
    minLength === undefined ? undefined : `at least ${minLength} characters`,
    maxLength === undefined ? undefined : `at most ${maxLength} characters`,
    minimum === undefined ? undefined : `from ${minimum}`,
    maximum === undefined ? undefined : `to ${maximum}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** A code span whose fence is longer than any run of backticks in it. */
function formatCode(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/gu) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = longest > 0 ? ' ' : '';
  return `${fence}${padding}${text}${padding}${fence}`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\r?\n/gu, ' ').trim();
}
