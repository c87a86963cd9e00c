import Table from 'cli-table3';
import stringWidth from 'string-width';

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

const GAP = 2;
const NARROWEST = 8;

export interface FormatTableOptions {
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** Width to fit into; undefined: as wide as needed. */
  columns?: number | undefined;
  indent?: number;
}

/**
 * Lines of a table without borders. Where it would be wider than the terminal, its widest columns are narrowed and
 * their text wrapped: nothing is cut off.
 */
export function formatTable({ head, rows, columns, indent = 0 }: FormatTableOptions): string {
  const all = [head, ...rows];
  const natural = head.map((_, column) => Math.max(1, ...all.map((row) => measureCell(row[column] ?? ''))));
  const widths = columns === undefined ? natural : fitWidths(natural, columns - indent);
  const table = new Table({
    chars: NO_LINES,
    colWidths: widths,
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...all.map((row) => [...row]));
  const margin = ' '.repeat(indent);
  return table
    .toString()
    .split('\n')
    .map((line) => `${margin}${line}`.trimEnd())
    .join('\n');
}

function measureCell(text: string): number {
  return Math.max(...text.split('\n').map((line) => stringWidth(line)));
}

function fitWidths(natural: readonly number[], columns: number): number[] {
  const widths = [...natural];
  const total = (): number => widths.reduce((sum, width) => sum + width, GAP * (widths.length - 1));
  for (let over = total() - columns; over > 0; over = total() - columns) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= NARROWEST) break;
    const next = Math.max(NARROWEST, ...widths.filter((other) => other < width));
    widths[widest] = Math.max(next, width - Math.max(1, Math.ceil(over / widths.length)));
  }
  return widths;
}
