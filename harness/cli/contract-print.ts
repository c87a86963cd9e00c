import { readFile, writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { SluiceError } from '../errors.js';
import type { Contract } from '../secrets/contract/contract.js';
import { contractSchema } from '../secrets/contract/contract-schema.js';
import { formatContractTable } from '../secrets/contract/contract-table.js';
import { formatEnvExample } from '../secrets/contract/env-example.js';
import type { CliContext } from './cli-context.js';
import { addContractFlag, type ContractFlags, openContract } from './contract-flags.js';
import { createCommand, parseArguments } from './create-command.js';

interface Flags extends ContractFlags {
  check?: string;
  into?: string;
  json?: boolean;
  quiet?: boolean;
}

/** `sluice contract docs`. */
export async function runContractDocs(args: readonly string[], context: CliContext): Promise<number> {
  return await printFrom(args, context, {
    name: 'contract docs',
    description:
      'Print the contract as a table in Markdown, or write it between the lines\n' +
      '<!-- contract:begin --> and <!-- contract:end --> of a file.',
    example: 'sluice contract docs --into docs/variables.md',
    format: formatContractTable,
    place: putBetweenMarks,
  });
}

/** `sluice contract env-example`. */
export async function runContractEnvExample(args: readonly string[], context: CliContext): Promise<number> {
  return await printFrom(args, context, {
    name: 'contract env-example',
    description: 'Print a .env.example: every variable with its description, and no secret.',
    example: 'sluice contract env-example --into .env.example',
    format: formatEnvExample,
    place: (_old, text) => text,
  });
}

/** `sluice contract schema`. */
export async function runContractSchema(args: readonly string[], context: CliContext): Promise<number> {
  const command = addOutputFlags(
    createCommand(
      {
        name: 'contract schema',
        description: 'Print the JSON schema of contract.yaml.',
        example: 'sluice contract schema > contract.schema.json',
      },
      context,
    ),
  );
  if (!parseArguments(command, args)) return 0;
  context.stdout.write(`${JSON.stringify(contractSchema, null, 2)}\n`);
  return 0;
}

interface Printed {
  name: string;
  description: string;
  example: string;
  format: (contract: Contract) => string;
  /** The file's new text. */
  place: (old: string, text: string, path: string) => string;
}

async function printFrom(args: readonly string[], context: CliContext, what: Printed): Promise<number> {
  const command = addOutputFlags(addContractFlag(createCommand(what, context)))
    .option('--into <file>', 'write it into this file')
    .option('--check <file>', 'write nothing; exit code 1 where this file is not up to date');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const contract = await openContract(flags, { context });
  const text = what.format(contract);
  const named = flags.into ?? flags.check;
  if (named === undefined) {
    const document = { contract: contract.path, text, variables: contract.entries };
    context.stdout.write(flags.json ? `${JSON.stringify(document, null, 2)}\n` : text);
    return 0;
  }
  const path = resolve(context.cwd, named);
  const old = await readText(path);
  const wanted = what.place(old ?? '', text, named);
  const isCurrent = wanted === old;
  if (flags.check === undefined && !isCurrent) await writeFile(path, wanted);
  const state = isCurrent ? 'up to date' : flags.check === undefined ? 'written' : 'not up to date';
  if (flags.json) {
    const document = { contract: contract.path, file: relative(context.cwd, path), state };
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else if (!flags.quiet || state === 'not up to date') {
    const remedy = state === 'not up to date' ? `; sluice ${what.name} --into ${named} writes it` : '';
    context.stdout.write(`${named}: ${state}${remedy}\n`);
  }
  return state === 'not up to date' ? 1 : 0;
}

function addOutputFlags<T extends ReturnType<typeof createCommand>>(command: T): T {
  command
    .option('--json', 'one JSON document on stdout')
    .option('--quiet', 'print nothing but problems')
    .option('--no-color', 'no colour, even on a terminal');
  return command;
}

async function readText(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

const BEGIN = '<!-- contract:begin -->';
const END = '<!-- contract:end -->';

function putBetweenMarks(old: string, table: string, path: string): string {
  const begin = old.indexOf(BEGIN);
  const end = old.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new SluiceError({
      code: 'MARKS_MISSING',
      message: `${path}: has no place for the table`,
      remedy: `Put the lines ${BEGIN} and ${END} where it belongs.`,
      exitCode: 2,
    });
  }
  return `${old.slice(0, begin + BEGIN.length)}\n\n${table}\n${old.slice(end)}`;
}
