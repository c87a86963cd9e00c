import type { CliContext } from './cli-context.js';
import { runCommandGroup } from './command-group.js';

/** `sluice contract check|docs|env-example|schema`. */
export async function runContract(args: readonly string[], context: CliContext): Promise<number> {
  const load = async () => await import('./contract-print.js');
  return await runCommandGroup(
    {
      name: 'contract',
      description: 'The inventory of variables: what an application needs, in a file of its own.',
      example: 'sluice contract check -f values/prod.yaml',
      commands: [
        {
          name: 'check',
          summary: 'compare what every container gets with what is agreed',
          load: async () => ({ run: (await import('./contract-check.js')).runContractCheck }),
        },
        {
          name: 'docs',
          summary: 'print the contract as a table in Markdown',
          load: async () => ({ run: (await load()).runContractDocs }),
        },
        {
          name: 'env-example',
          summary: 'print a .env.example',
          load: async () => ({ run: (await load()).runContractEnvExample }),
        },
        {
          name: 'schema',
          summary: 'print the JSON schema of contract.yaml, for editors',
          load: async () => ({ run: (await load()).runContractSchema }),
        },
      ],
    },
    args,
    context,
  );
}
