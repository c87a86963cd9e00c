import { SluiceError } from '../errors.js';
import type { Contract } from '../secrets/contract/contract.js';
import type { CliContext } from './cli-context.js';
import { type ContractFlags, openContract } from './contract-flags.js';
import type { ProjectFile } from './project-file.js';

/**
 * The contract, where there is one; one that is named must be there.
 *
 * @throws SluiceError `CONTRACT_MISSING`, `CONTRACT_FILE`; exit code 2.
 */
export async function findContract(
  flags: ContractFlags,
  surroundings: { context: CliContext; project: ProjectFile },
): Promise<Contract | undefined> {
  try {
    return await openContract(flags, surroundings);
  } catch (error) {
    const isNamed = flags.contract !== undefined || surroundings.project.contract !== undefined;
    if (!isNamed && error instanceof SluiceError && error.code === 'CONTRACT_MISSING') return undefined;
    throw error;
  }
}
