import type { Contract, ContractEntry } from './contract.js';
import { formatFormat } from './contract-table.js';

const WIDTH = 100;

/**
 * A `.env.example`: every variable under the heading of its category, required ones ready to be filled in, others
 * commented out with their default. Holds no insecure default.
 */
export function formatEnvExample({ entries }: Contract): string {
  const categories = new Map<string, ContractEntry[]>();
  for (const entry of entries) {
    const category = entry.category ?? 'Other';
    categories.set(category, [...(categories.get(category) ?? []), entry]);
  }
  const blocks = [...categories].map(([category, members]) =>
    [`# --- ${category} ---`, ...members.map((entry) => `\n${formatEntry(entry)}`)].join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}

function formatEntry(entry: ContractEntry): string {
  const text = entry.default ?? '';
  const isShown = !(entry.secret && entry.insecureDefaults.includes(text));
  const value = isShown ? quoteValue(text) : '';
  const line = `${entry.name}=${value}`;
  return [
    ...wrap(entry.description).map((part) => `# ${part}`),
    ...listRemarks(entry).map((part) => `# ${part}`),
    entry.required ? line : `# ${line}`,
  ].join('\n');
}

function listRemarks({ required, format, generate }: ContractEntry): string[] {
  const remarks = [required ? 'Required.' : 'Optional.'];
  if (format !== undefined) remarks.push(`Format: ${formatFormat(format).replaceAll('`', '')}.`);
  if (generate?.type === 'hex') remarks.push(`Make one: openssl rand -hex ${generate.bytes ?? 32}`);
  if (generate?.type === 'base64') remarks.push(`Make one: openssl rand -base64 ${generate.bytes ?? 32}`);
  return [remarks.join(' ')];
}

/** A value as every reader of dotenv files takes it: plain where that is safe, else in the quotes that need no escape. */
function quoteValue(text: string): string {
  if (/^[\w@%+:,./?&=*~-]*$/u.test(text)) return text;
  if (!text.includes("'") && !text.includes('\n')) return `'${text}'`;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '\\$').replaceAll('\n', '\\n')}"`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/u)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
