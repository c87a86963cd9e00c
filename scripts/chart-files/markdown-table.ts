import type { JsonValue } from '../../harness/manifest/manifest.js';

/** A Markdown table whose cells may hold anything: bars are escaped, new lines become `<br>`. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** `<name>` outside of code marks would be taken for HTML and vanish. */
export function escapeHtml(text: string): string {
  return text
    .split(/(`+[^`]*`+)/u)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('');
}

// An odd number of backslashes escapes a bar for every renderer, whether it counts them in pairs or not.
function escapeCell(text: string): string {
  return escapeHtml(text)
    .replaceAll(/(\\*)\|/gu, '$1$1\\|')
    .replaceAll(/\n+/gu, '<br>');
}

/** A default value for a table: JSON in code marks; nothing where there is none. */
export function formatDefault(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  const json = JSON.stringify(value);
  return json.includes('`') ? `\`\` ${json} \`\`` : `\`${json}\``;
}
