import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SluiceError } from '../errors.js';
import { checkContract } from '../secrets/contract/check-contract.js';
import { parseDotenv } from '../secrets/dotenv.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { addContractFlag, type ContractFlags, openContract } from './contract-flags.js';
import { createCommand, parseArguments } from './create-command.js';
import { formatCounts, formatFinding } from './format-findings.js';

interface Flags extends ContractFlags {
  local?: boolean;
  json?: boolean;
  quiet?: boolean;
  color: boolean;
}

/** `sluice env check [FILE]`: compares a dotenv file with the contract; exit code 1 where an error is found. */
export async function runEnvCheck(args: readonly string[], context: CliContext): Promise<number> {
  const command = addContractFlag(
    createCommand(
      {
        name: 'env check',
        usage: '[options] [FILE]',
        description:
          'Compare a dotenv file (default: .env) with the contract: missing and empty variables, values of examples,\n' +
          'wrong formats, unknown names, each with its line and never with its value.',
        example: 'sluice env check .env --contract contract.yaml --local',
      },
      context,
    ),
  )
    .argument('[FILE]', 'the dotenv file', '.env')
    .option('--local', "on a developer's own machine: the value of an example is only a warning")
    .option('--json', 'one JSON document on stdout')
    .option('--quiet', 'print nothing but problems')
    .option('--no-color', 'no colour, even on a terminal');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const file = command.processedArgs[0] as string;
  const contract = await openContract(flags, { context });
  const entries = parseDotenv(await readEnvFile(resolve(context.cwd, file), file), file);
  const findings = checkContract(contract, entries, { local: flags.local === true });
  if (flags.json) {
    const document = { file, contract: contract.path, variables: entries.length, findings };
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const colors = chooseColors(context.stdout, context.env, flags.color);
    const lines = findings.map((finding) => formatFinding(finding, { place: file, colors }));
    if (!flags.quiet) lines.push(`${file}: ${entries.length} variables: ${formatCounts(findings)}`);
    if (lines.length > 0) context.stdout.write(`${lines.join('\n')}\n`);
  }
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

async function readEnvFile(path: string, shown: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SluiceError({
      code: 'ENV_FILE_MISSING',
      message: `${shown}: cannot be read`,
      evidence: error.message,
      remedy: 'Write one from the contract: sluice contract env-example --into .env, then fill it in.',
      exitCode: 2,
      cause: error,
    });
  });
}
