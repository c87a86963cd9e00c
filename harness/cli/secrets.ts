import { InterruptedError } from './ask.js';
import type { CliContext } from './cli-context.js';
import { runCommandGroup } from './command-group.js';

/** `sluice secrets init|list|get|set|unset|import|export|diff|history|rollback`. */
export async function runSecrets(args: readonly string[], context: CliContext): Promise<number> {
  try {
    return await runCommandGroup(GROUP, args, context);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    context.stderr.write(`${error.message}\n`);
    return 130;
  }
}

const GROUP = {
  name: 'secrets',
  description:
    'The secrets that a release reads, in Parameter Store, Secrets Manager or a dotenv file. Names come from the\n' +
    'chart and its values; values come from a prompt, standard input or a file, never from arguments.',
  example: 'sluice secrets set -f values/prod.yaml DB_PASSWORD',
  commands: [
    {
      name: 'init',
      summary: 'make what the release reads and is not there; change nothing that is',
      load: async () => ({ run: (await import('./secrets-init.js')).runSecretsInit }),
    },
    {
      name: 'list',
      summary: 'list what the release reads, or what is below a path',
      load: async () => ({ run: (await import('./secrets-list.js')).runSecretsList }),
    },
    {
      name: 'get',
      summary: 'show keys with length and fingerprint; --reveal shows values',
      load: async () => ({ run: (await import('./secrets-get.js')).runSecretsGet }),
    },
    {
      name: 'set',
      summary: 'write values of keys, and keep all others',
      load: async () => ({ run: (await import('./secrets-set.js')).runSecretsSet }),
    },
    {
      name: 'unset',
      summary: 'take keys out',
      load: async () => ({ run: (await import('./secrets-unset.js')).runSecretsUnset }),
    },
    {
      name: 'import',
      summary: 'write what a dotenv file holds, after a look at what changes',
      load: async () => ({ run: (await import('./secrets-import.js')).runSecretsImport }),
    },
    {
      name: 'export',
      summary: 'write the values as dotenv, JSON, for Compose or for Swarm, readable for you alone',
      load: async () => ({ run: (await import('./secrets-export.js')).runSecretsExport }),
    },
    {
      name: 'diff',
      summary: 'compare with a dotenv file, another environment or an earlier version, without values',
      load: async () => ({ run: (await import('./secrets-diff.js')).runSecretsDiff }),
    },
    {
      name: 'history',
      summary: 'list the versions of a parameter, with who changed which keys',
      load: async () => ({ run: (await import('./secrets-history.js')).runSecretsHistory }),
    },
    {
      name: 'rollback',
      summary: 'go back to an earlier version',
      load: async () => ({ run: (await import('./secrets-rollback.js')).runSecretsRollback }),
    },
  ],
};
