import { type Command, Option } from 'commander';
import type { ProviderName } from '../cluster/cluster.js';
import type { StartKindOptions } from '../cluster/kind.js';
import { findDockerEngine } from '../docker/find-docker-engine.js';
import { SluiceError } from '../errors.js';
import type { CliContext } from './cli-context.js';

/** Options that only `--provider kind` has. */
export interface KindFlags {
  nodeImage?: string;
  installHostPackages?: boolean;
  reuse?: boolean;
}

const OWN_FLAGS = {
  nodeImage: '--node-image',
  installHostPackages: '--install-host-packages',
  reuse: '--reuse',
} as const;

const PROVIDERS: readonly ProviderName[] = ['embedded', 'kind', 'existing'];

/** Adds the choice of a provider, and the options that only kind has. */
export function addKindFlags(command: Command, { reuse }: { reuse: string }): void {
  command
    .addOption(
      new Option(
        '--provider <name>',
        'embedded: processes of yours, without pods; kind: containers of Docker; existing: a namespace\n' +
          'in a cluster that is there (default: kind where a Docker engine answers, else embedded)',
      ).choices(PROVIDERS),
    )
    .option('--node-image <image>', 'kind: image of the node, which decides the version of Kubernetes')
    .option(
      '--install-host-packages',
      'kind: install Debian packages that are missing where no Docker engine answers (default: in CI)',
    )
    .option('--reuse', reuse);
}

/**
 * The provider that is asked for, else kind where a Docker engine of this machine answers, else processes.
 *
 * @throws SluiceError `USAGE`, exit code 2, for an option of kind's beside another provider.
 */
export async function chooseProvider(
  flags: KindFlags & { provider?: ProviderName },
  { env, signal }: CliContext,
): Promise<ProviderName> {
  const given = (Object.keys(OWN_FLAGS) as (keyof KindFlags)[]).filter((name) => flags[name] !== undefined);
  const { provider } = flags;
  if (given.length > 0 && provider !== undefined && provider !== 'kind') {
    throw new SluiceError({
      code: 'USAGE',
      message: `--provider ${provider} does not take ${given.map((name) => OWN_FLAGS[name]).join(', ')}`,
      remedy: 'Only --provider kind does.',
      exitCode: 2,
    });
  }
  if (provider !== undefined) return provider;
  // Whoever says something of kind's means kind.
  if (given.length > 0) return 'kind';
  return (await findDockerEngine({ env, signal })) === undefined ? 'embedded' : 'kind';
}

/** What the options say about a kind cluster. */
export function chooseKind({ nodeImage, installHostPackages }: KindFlags): StartKindOptions {
  return {
    ...(nodeImage === undefined ? {} : { nodeImage }),
    ...(installHostPackages === undefined ? {} : { installHostPackages }),
  };
}
