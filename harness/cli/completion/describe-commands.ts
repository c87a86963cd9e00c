import { Writable } from 'node:stream';
import type { CliContext, CommandEntry, OutputStream } from '../cli-context.js';

/** An option as the help of its command tells it. */
export interface CommandOption {
  /** `-f`, `--file`. */
  names: readonly string[];
  takesValue: boolean;
  /** The values there are, where there are only some. */
  choices: readonly string[];
  summary: string;
}

/** A command, or a group of commands. */
export interface DescribedCommand {
  /** `[]` for sluice itself, `['secrets', 'set']`. */
  path: readonly string[];
  options: readonly CommandOption[];
  commands: readonly { name: string; summary: string }[];
}

/**
 * Every command with its options and those below it, read from their own help: what is completed is what help tells.
 */
export async function describeCommands(
  entries: readonly CommandEntry[],
  context: CliContext,
): Promise<DescribedCommand[]> {
  const root: DescribedCommand = {
    path: [],
    options: [
      { names: ['--help'], takesValue: false, choices: [], summary: 'list the commands' },
      { names: ['--version'], takesValue: false, choices: [], summary: 'print the version' },
    ],
    commands: entries.map(({ name, summary }) => ({ name, summary })),
  };
  const below = await Promise.all(entries.map(async (entry) => await describeEntry(entry, context)));
  return [root, ...below.flat()];
}

async function describeEntry(entry: CommandEntry, context: CliContext): Promise<DescribedCommand[]> {
  const { run } = await entry.load();
  const describe = async (path: readonly string[]): Promise<DescribedCommand[]> => {
    const out = new TextStream();
    await run([...path.slice(1), '--help'], { ...context, stdout: out, stderr: new TextStream() });
    const described = { path, options: readOptions(out.text), commands: readCommands(out.text) };
    const inner = await Promise.all(
      described.commands.map(async ({ name }) => await describe([...path, name])),
    );
    return [described, ...inner.flat()];
  };
  return await describe([entry.name]);
}

class TextStream extends Writable implements OutputStream {
  text = '';
  // Wide enough that no line of a help is broken.
  readonly columns = 10_000;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

const OPTION = /^ {2}((?:-\w, )?--[\w-]+)( [<[]\S+[>\]])? {2,}(\S.*)$/u;

function readOptions(help: string): CommandOption[] {
  return readSection(help, 'Options:').flatMap((line): CommandOption[] => {
    const [, names, value, summary = ''] = OPTION.exec(line) ?? [];
    if (names === undefined) return [];
    const list = /\(choices: ([^)]*?)(?:, default: [^)]*)?\)/u.exec(summary)?.[1] ?? '';
    const choices = [...list.matchAll(/"([^"]+)"/gu)].map(([, choice = '']) => choice);
    return [
      { names: names.split(', '), takesValue: value !== undefined, choices, summary: shorten(summary) },
    ];
  });
}

function readCommands(help: string): { name: string; summary: string }[] {
  return readSection(help, 'Commands:').flatMap((line) => {
    const [, name, summary = ''] = /^ {2}([a-z][a-z-]*) {2,}(\S.*)$/u.exec(line) ?? [];
    return name === undefined ? [] : [{ name, summary }];
  });
}

/** The indented lines below a heading. */
function readSection(help: string, heading: string): string[] {
  const lines = help.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !line.startsWith(' '));
  return end < 0 ? rest : rest.slice(0, end);
}

function shorten(summary: string): string {
  return summary.replace(/ \((?:choices|default|repeatable)\b.*\)$/u, '');
}
