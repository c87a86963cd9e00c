import type { StartedCluster } from '../cluster/cluster.js';
import type { KubeClient } from '../kube/kube-client.js';
import { formatReference } from '../kube/resource-paths.js';
import { formatConditions } from '../kube/wait-for-condition.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { readObject, readString } from '../manifest/read-json.js';
import type { SecretValue } from '../manifest/secret-value.js';

export interface DiagnoseOptions {
  namespace: string;
  /** Only what concerns the object of this name. Default: everything in the namespace. */
  name?: string | undefined;
  /** Values that must not be in the text, whoever put them there. */
  hide?: readonly SecretValue[];
}

/** An event as the API server keeps it. */
export interface ObjectEvent {
  type: string;
  reason: string;
  message: string;
  /** `ExternalSecret shop-db`. */
  about: string;
  count: number;
}

/** Kinds whose conditions tell how a secret gets on. */
const KINDS: readonly { apiVersion: string; kind: string }[] = [
  { apiVersion: 'external-secrets.io/v1', kind: 'SecretStore' },
  { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' },
];

const LOG_LINES = 400;

/**
 * What is known of a namespace's secrets: the conditions, the events (where the operator puts the cause), and the
 * operator's own log lines about them.
 */
export async function diagnose(
  cluster: StartedCluster,
  client: KubeClient,
  { namespace, name, hide = [] }: DiagnoseOptions,
): Promise<string> {
  const isMeant = (object: KubernetesObject): boolean => name === undefined || object.metadata.name === name;
  const objects = (
    await Promise.all(KINDS.map(async (kind) => await client.list({ ...kind, namespace })))
  ).flat();
  const conditions = objects
    .filter(isMeant)
    .map(
      (object) =>
        `${formatReference({ kind: object.kind, name: object.metadata.name, namespace })}: ${formatConditions(object)}`,
    );
  const events = (await listEvents(client, namespace))
    .filter(({ about }) => name === undefined || about.endsWith(` ${name}`))
    .map(
      ({ type, reason, message, about, count }) => `${type} ${reason} ${about} (${count} times): ${message}`,
    );
  const log = (await cluster.logs('external-secrets', LOG_LINES)).filter(
    (line) => line.includes(`"${namespace}"`) && (name === undefined || line.includes(`"${name}"`)),
  );
  const text = [
    ...section('conditions', conditions),
    ...section('events', events),
    ...section('log of external-secrets', log.slice(-20).map(shortenLogLine)),
  ].join('\n');
  return hide.reduce(
    (rest, value) => (value.length === 0 ? rest : rest.replaceAll(value.reveal(), '<hidden>')),
    text,
  );
}

/** The events of a namespace. */
export async function listEvents(client: KubeClient, namespace: string): Promise<ObjectEvent[]> {
  const events = await client.list({ apiVersion: 'v1', kind: 'Event', namespace });
  return events.map((event) => {
    const about = readObject(event, 'involvedObject');
    return {
      type: readString(event, 'type') ?? '',
      reason: readString(event, 'reason') ?? '',
      message: readString(event, 'message') ?? '',
      about: `${readString(about, 'kind') ?? ''} ${readString(about, 'name') ?? ''}`,
      count: typeof event['count'] === 'number' ? event['count'] : 1,
    };
  });
}

/** A line of the operator's log without what is in every line, and without stack traces. */
function shortenLogLine(line: string): string {
  try {
    const {
      ts = '',
      level = '',
      msg = '',
      name = '',
      error = '',
    } = JSON.parse(line) as Record<string, string>;
    return [ts, level, name, msg, error].filter((part) => part !== '').join(' ');
  } catch {
    return line;
  }
}

function section(title: string, lines: readonly string[]): string[] {
  return [`${title}:`, ...(lines.length === 0 ? ['  none'] : lines.map((line) => `  ${line}`))];
}
