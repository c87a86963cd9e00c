import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Contract } from '../secrets/contract/contract.js';
import { CONTRACT_FILE, readContract } from '../secrets/contract/read-contract.js';
import type { CliContext } from './cli-context.js';
import { type ProjectFile, readProjectFile } from './project-file.js';

/** The option by which a command is told of the contract. */
export interface ContractFlags {
  contract?: string;
}

/** Adds it. */
export function addContractFlag(command: Command): Command {
  return command.option(
    '--contract <file>',
    'the contract (default: that of sluice.yaml, else contract.yaml here)',
  );
}

/**
 * Reads the contract that the option, the project file or its usual name tells.
 *
 * @throws SluiceError `CONTRACT_MISSING`, `CONTRACT_FILE`; exit code 2.
 */
export async function openContract(
  { contract }: ContractFlags,
  { context, project }: { context: CliContext; project?: ProjectFile },
): Promise<Contract> {
  const known = project ?? (await readProjectFile(context.cwd));
  const path = resolve(context.cwd, contract ?? known.contract ?? CONTRACT_FILE);
  const read = await readContract(path);
  return { ...read, path: relative(context.cwd, path) || path };
}
