import type { Command } from 'commander';
import type { SecretStoreReference } from '../cluster/cluster.js';
import type { StartExistingOptions } from '../cluster/existing.js';
import { SluiceError } from '../errors.js';
import { collect } from './create-command.js';

/** Options of `sluice cluster up` that only `--provider existing` has. */
export interface ExistingFlags {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  allowContext?: string[];
  storeEndpoint?: string;
  storeRegion?: string;
  secretStore?: string;
}

/** Adds them. */
export function addExistingFlags(command: Command): void {
  command
    .option('--kubeconfig <file>', 'existing: kubeconfig (default: what kubectl reads)')
    .option('--context <name>', 'existing: context of the kubeconfig (default: the current one)')
    .option('--namespace <name>', 'existing: namespace to make and to remove (default: the name)')
    .option(
      '--allow-context <name>',
      'existing: use this context although it looks like production (repeatable)',
      collect,
    )
    .option('--store-endpoint <url>', 'existing: parameter store that the operator there reads from')
    .option('--store-region <region>', "existing: the store's region (default: AWS_REGION, us-east-1)")
    .option('--secret-store <kind/name>', 'existing: store that is there, such as ClusterSecretStore/aws');
}

/**
 * What the options say about a cluster that is there.
 *
 * @throws SluiceError `USAGE`, exit code 2, for a store that cannot be read.
 */
export function chooseExisting(flags: ExistingFlags): StartExistingOptions {
  const { kubeconfig, context, namespace, allowContext, storeEndpoint, storeRegion, secretStore } = flags;
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(allowContext === undefined ? {} : { allowContexts: allowContext }),
    ...(secretStore === undefined ? {} : { secretStore: parseSecretStore(secretStore) }),
    ...(storeRegion === undefined ? {} : { storeRegion }),
    ...(storeEndpoint === undefined ? {} : { storeEndpoint: requireUrl(storeEndpoint) }),
  };
}

function parseSecretStore(text: string): SecretStoreReference {
  const [kind, name, ...rest] = text.split('/');
  if ((kind === 'SecretStore' || kind === 'ClusterSecretStore') && name && rest.length === 0)
    return { kind, name };
  throw refuse(
    `--secret-store ${text}: not KIND/NAME`,
    'Write it as ClusterSecretStore/NAME or SecretStore/NAME.',
  );
}

function requireUrl(text: string): string {
  if (/^https?:\/\//u.test(text) && URL.canParse(text)) return text;
  throw refuse(`--store-endpoint ${text}: not a URL`, 'Write it as http://HOST:PORT.');
}

function refuse(message: string, remedy: string): SluiceError {
  return new SluiceError({ code: 'USAGE', message, remedy, exitCode: 2 });
}
