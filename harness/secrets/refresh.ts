import { randomUUID } from 'node:crypto';
import { SluiceError } from '../errors.js';
import type { KubeClient } from '../kube/kube-client.js';
import { formatReference } from '../kube/resource-paths.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { readName, readObject } from '../manifest/read-json.js';
import { listEvents } from './diagnose.js';
import { findRefreshObstacle, type RefreshObstacle } from './refresh-policy.js';
import { listChangedKeys, readSecretDigests, type SecretDigests } from './secret-data.js';
import {
  type ExternalSecretName,
  readSync,
  referToExternalSecret,
  type Sync,
  waitForSync,
} from './wait-for-sync.js';

/** The annotation by which people ask the operator to read again; any change of it counts. */
export const FORCE_SYNC_ANNOTATION = 'force-sync.external-secrets.io';

export interface RefreshOptions {
  namespace: string;
  /** Only this ExternalSecret. Default: all that the selector has. */
  name?: string | undefined;
  /** Only these. Default: all that the selector has. */
  names?: readonly string[] | undefined;
  /** Label selector, such as `team=shop`. Default: every ExternalSecret of the namespace. */
  selector?: string | undefined;
  /** For each of them. Default 30 s. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** An ExternalSecret that has been read again. */
export interface Refreshed extends ExternalSecretName {
  /** From asking to the operator's report. */
  durationMs: number;
  /** Name of the Secret it writes; undefined where it writes none. */
  secret: string | undefined;
  /** Keys of the Secret whose values have changed, told by their hashes; undefined where Secrets may not be read. */
  changedKeys: readonly string[] | undefined;
}

/** What has become of asking for one ExternalSecret. */
export type RefreshOutcome =
  | ({ state: 'synced' } & Refreshed)
  /** The operator was not asked: it would not have listened. */
  | ({ state: 'ignored' } & ExternalSecretName & RefreshObstacle)
  | ({ state: 'failed'; error: unknown } & ExternalSecretName);

/**
 * Has the operator read ExternalSecrets again, without deleting anything, and waits until each is synced.
 *
 * @returns those that were asked for, by name; empty where none is selected
 * @throws SluiceError `NOT_IN_TIME` of one that can't be synced, with the operator's event, `REFRESH_IGNORED` of one
 * that the operator would not read; the others were asked for too.
 */
export async function refresh(client: KubeClient, options: RefreshOptions): Promise<Refreshed[]> {
  return (await refreshEach(client, options)).map((outcome) => {
    if (outcome.state === 'failed') throw outcome.error;
    if (outcome.state === 'ignored') throw describeIgnored(outcome);
    const { state: _state, ...refreshed } = outcome;
    return refreshed;
  });
}

/** As {@link refresh}, and tells of each what has become of it instead of throwing. An abort rethrows its reason. */
export async function refreshEach(
  client: KubeClient,
  options: RefreshOptions & { onOutcome?: (outcome: RefreshOutcome) => void },
): Promise<RefreshOutcome[]> {
  const found = await listSelected(client, options);
  return await Promise.all(
    found.map(async (object) => {
      const outcome = await refreshOne(client, object, options);
      options.onOutcome?.(outcome);
      return outcome;
    }),
  );
}

async function refreshOne(
  client: KubeClient,
  object: KubernetesObject,
  options: RefreshOptions,
): Promise<RefreshOutcome> {
  const { namespace, timeoutMs, signal } = options;
  const one = { namespace, name: object.metadata.name };
  const obstacle = findRefreshObstacle(object);
  if (obstacle !== undefined) return { state: 'ignored', ...one, ...obstacle };
  try {
    const secret = readSecretName(object);
    const before = await readDigests(client, { namespace, secret }, signal);
    const { begin, before: after } = await ask(client, object, { namespace, signal });
    const waiting = { after, changed: true, signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    await waitForSync(client, one, waiting);
    const durationMs = Math.round(performance.now() - begin);
    const now = await readDigests(client, { namespace, secret }, signal);
    const changedKeys = before === undefined || now === undefined ? undefined : listChangedKeys(before, now);
    return { state: 'synced', ...one, durationMs, secret, changedKeys };
  } catch (error) {
    signal?.throwIfAborted();
    return { state: 'failed', ...one, error: await joinEvent(client, one, error) };
  }
}

async function readDigests(
  client: KubeClient,
  { namespace, secret }: { namespace: string; secret: string | undefined },
  signal: AbortSignal | undefined,
): Promise<SecretDigests | undefined> {
  if (secret === undefined) return new Map();
  return await readSecretDigests(client, { namespace, name: secret }, { signal });
}

function readSecretName(object: KubernetesObject): string | undefined {
  const target = readObject(readObject(object, 'spec'), 'target');
  if (readName(target, 'creationPolicy') === 'None') return undefined;
  return readName(target, 'name') ?? object.metadata.name;
}

// The condition never tells the cause; the event does.
async function joinEvent(client: KubeClient, { namespace, name }: ExternalSecretName, error: unknown) {
  if (!(error instanceof SluiceError) || error.code !== 'NOT_IN_TIME') return error;
  const events = await listEvents(client, namespace).catch(() => []);
  const cause = events.findLast(
    ({ type, about }) => type === 'Warning' && about === `ExternalSecret ${name}`,
  );
  return new SluiceError({
    code: error.code,
    message: error.shortMessage,
    evidence: [
      error.evidence,
      cause === undefined ? undefined : `event ${cause.reason}: ${hideCharacters(cause.message)}`,
    ]
      .filter((part) => part !== undefined)
      .join('\n'),
    remedy: `sluice doctor --namespace ${namespace} tells which link of the chain is broken.`,
    cause: error,
  });
}

/** Go's JSON errors quote the character that they stumbled over, which may be one of a secret. */
export function hideCharacters(message: string): string {
  return message.replaceAll(/invalid character '(?:\\.|[^'])+'/gu, 'invalid character <hidden>');
}

function describeIgnored({
  namespace,
  name,
  reason,
  remedy,
}: ExternalSecretName & RefreshObstacle): SluiceError {
  return new SluiceError({
    code: 'REFRESH_IGNORED',
    message: `${formatReference({ kind: 'ExternalSecret', namespace, name })}: will not be read again`,
    evidence: reason,
    remedy,
  });
}

interface Asked extends ExternalSecretName {
  begin: number;
  before: Sync;
}

/** Asks as `refresh` does, and waits for nothing. */
export async function askForSync(
  client: KubeClient,
  options: Omit<RefreshOptions, 'timeoutMs'>,
): Promise<Asked[]> {
  const found = await listSelected(client, options);
  return await Promise.all(found.map(async (object) => await ask(client, object, options)));
}

async function ask(
  client: KubeClient,
  object: KubernetesObject,
  { namespace, signal }: Pick<RefreshOptions, 'namespace' | 'signal'>,
): Promise<Asked> {
  const one = { namespace, name: object.metadata.name };
  const annotations = { [FORCE_SYNC_ANNOTATION]: randomUUID() };
  const begin = performance.now();
  await client.patch(referToExternalSecret(one), { metadata: { annotations } }, { signal });
  return { ...one, begin, before: readSync(object) };
}

async function listSelected(
  client: KubeClient,
  { namespace, name, names, selector, signal }: Omit<RefreshOptions, 'timeoutMs'>,
): Promise<KubernetesObject[]> {
  const found = await client.list({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    namespace,
    labelSelector: selector,
    fieldSelector: name === undefined ? undefined : `metadata.name=${name}`,
    signal,
  });
  return names === undefined ? found : found.filter(({ metadata }) => names.includes(metadata.name));
}
