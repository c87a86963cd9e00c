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
  /** `sluice e2e` alone has it. */
  loadImage?: string[];
}

const OWN_FLAGS = {
  nodeImage: '--node-image',
  installHostPackages: '--install-host-packages',
  reuse: '--reuse',
  loadImage: '--load-image',
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
    .option(
      '--node-image <image>',
      'kind: image of the node, or a version of Kubernetes that has one (1.34 to 1.37)',
    )
    .option(
      '--install-host-packages',
      'kind: install Debian packages that are missing where no Docker engine answers (default: in CI)',
    )
    .option('--reuse', reuse);
}

type ProviderFlags = KindFlags & { provider?: ProviderName };

/** @throws SluiceError `USAGE`, exit code 2, for an option of kind's beside another provider. */
export function refuseKindFlags(flags: ProviderFlags): void {
  const given = listGiven(flags);
  const { provider } = flags;
  if (given.length === 0 || provider === undefined || provider === 'kind') return;
  throw new SluiceError({
    code: 'USAGE',
    message: `--provider ${provider} does not take ${given.join(', ')}`,
    remedy: 'Only --provider kind does.',
    exitCode: 2,
  });
}

function listGiven(flags: KindFlags): string[] {
  const names = Object.keys(OWN_FLAGS) as (keyof KindFlags)[];
  return names.filter((name) => flags[name] !== undefined).map((name) => OWN_FLAGS[name]);
}

/**
 * The provider that is asked for, else kind where a Docker engine of this machine answers, else processes.
 *
 * @throws SluiceError as `refuseKindFlags`.
 */
export async function chooseProvider(
  flags: ProviderFlags,
  { env, signal }: CliContext,
): Promise<ProviderName> {
  refuseKindFlags(flags);
  if (flags.provider !== undefined) return flags.provider;
  // Whoever says something of kind's means kind.
  if (listGiven(flags).length > 0) return 'kind';
  return (await findDockerEngine({ env, signal })) === undefined ? 'embedded' : 'kind';
}

/** What the options say about a kind cluster. */
export function chooseKind({ nodeImage, installHostPackages }: KindFlags): StartKindOptions {
  return {
    ...(nodeImage === undefined ? {} : { nodeImage }),
    ...(installHostPackages === undefined ? {} : { installHostPackages }),
  };
}
