import type { CliContext } from './cli-context.js';
import { runCommandGroup } from './command-group.js';

/** `sluice iam policy`. */
export async function runIam(args: readonly string[], context: CliContext): Promise<number> {
  return await runCommandGroup(
    {
      name: 'iam',
      description: 'What AWS has to allow.',
      example: 'sluice iam policy -f values/prod.yaml',
      commands: [
        {
          name: 'policy',
          summary: 'print the least policy for what the release reads, or for who writes it',
          load: async () => ({ run: (await import('./iam-policy.js')).runIamPolicy }),
        },
      ],
    },
    args,
    context,
  );
}
