import { readFile } from 'node:fs/promises';
import { SluiceError } from '../errors.js';
import { waitUntil } from '../exec/wait-until.js';
import { FIELD_MANAGER, type KubeClient } from '../kube/kube-client.js';
import { KubeApiError } from '../kube/kube-error.js';
import { formatGroupPath, type ObjectReference, type Resource } from '../kube/resource-paths.js';

const ESTABLISHED_WITHIN_MS = 60_000;

/** A CustomResourceDefinition as it stands in a file. */
export interface CustomResourceText {
  reference: ObjectReference;
  text: string;
}

/**
 * Installs every CustomResourceDefinition of a file, and waits until all are served. Those that are there already
 * become equal to the file's, by server-side apply.
 *
 * Their text goes to the server as it is: reading the operator's 1.6 MB of YAML here would take a second.
 *
 * @throws SluiceError `CRD_BUNDLE` for a file without definitions, `NOT_IN_TIME`; KubeApiError.
 */
export async function installCustomResources(
  file: string,
  client: KubeClient,
  signal: AbortSignal,
): Promise<string[]> {
  const definitions = splitCustomResources(await readFile(file, 'utf8'));
  if (definitions.length === 0) {
    throw new SluiceError({
      code: 'CRD_BUNDLE',
      message: `file ${file}: no CustomResourceDefinition in it`,
    });
  }
  await Promise.all(definitions.map(async (definition) => await install(definition, client, signal)));
  const names = definitions.map(({ reference }) => reference.name);
  await waitUntil(async (ended) => await requireServed(names, client, ended), {
    what: `CustomResourceDefinitions of ${file}: established and served`,
    timeoutMs: ESTABLISHED_WITHIN_MS,
    signal,
  });
  return names;
}

// Creating costs the server a fifth of applying; only one that is there already must be applied.
async function install(
  { text, reference }: CustomResourceText,
  client: KubeClient,
  signal: AbortSignal,
): Promise<void> {
  const path = `${formatGroupPath(reference.apiVersion)}/customresourcedefinitions?fieldManager=${FIELD_MANAGER}`;
  try {
    await client.send({ method: 'POST', path, body: text, contentType: 'application/yaml', signal });
  } catch (error) {
    if (!(error instanceof KubeApiError && error.reason === 'AlreadyExists')) throw error;
    await client.applyText(text, reference, { signal });
  }
}

// The server lists a kind from when its definition is established. Asking each of the definitions instead would have
// it write out megabytes every time.
async function requireServed(
  names: readonly string[],
  client: KubeClient,
  signal: AbortSignal,
): Promise<void> {
  const groups = [...new Set(names.map((name) => name.slice(name.indexOf('.') + 1)))];
  const served = (
    await Promise.all(groups.map(async (group) => await listServed(group, client, signal)))
  ).flat();
  const missing = names.filter((name) => !served.includes(name));
  if (missing.length > 0) throw new Error(`not served yet: ${missing.join(', ')}`);
}

async function listServed(group: string, client: KubeClient, signal: AbortSignal): Promise<string[]> {
  const { versions } = await readJson<{ versions: { groupVersion: string }[] }>(
    `/apis/${group}`,
    client,
    signal,
  );
  const lists = await Promise.all(
    versions.map(async ({ groupVersion }) => {
      return await readJson<{ resources: Resource[] }>(`/apis/${groupVersion}`, client, signal);
    }),
  );
  return lists.flatMap(({ resources }) => resources.map(({ name }) => `${name}.${group}`));
}

async function readJson<T>(path: string, client: KubeClient, signal: AbortSignal): Promise<T> {
  return JSON.parse(await client.send({ method: 'GET', path, signal })) as T;
}

/** The documents of a stream that are CustomResourceDefinitions, as they stand there. */
export function splitCustomResources(stream: string): CustomResourceText[] {
  return stream.split(/^---.*\n/mu).flatMap((text) => {
    // Generators write these at fixed places; the name that is indented least is the object's own.
    if (!/^kind: CustomResourceDefinition\s*$/mu.test(text)) return [];
    const apiVersion = /^apiVersion: (\S+)/mu.exec(text)?.[1];
    const name = /^ {2}name: (\S+)/mu.exec(text)?.[1];
    if (apiVersion === undefined || name === undefined) return [];
    return [{ text, reference: { apiVersion, kind: 'CustomResourceDefinition', name } }];
  });
}
