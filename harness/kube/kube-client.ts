import { SluiceError } from '../errors.js';
import type { JsonObject, KubernetesObject } from '../manifest/manifest.js';
import { readName } from '../manifest/read-json.js';
import type { KubeConnection } from './kube-connection.js';
import { KubeApiError } from './kube-error.js';
import {
  formatGroupPath,
  formatResourcePath,
  type ObjectReference,
  type Resource,
} from './resource-paths.js';
import { type KubeRequest, RequestSender } from './send-request.js';

/** Name under which our fields are owned in server-side apply. */
export const FIELD_MANAGER = 'sluice';

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface ListOptions extends CallOptions {
  apiVersion: string;
  kind: string;
  /** Default: all namespaces. */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
}

export interface RemoveOptions extends CallOptions {
  /** What becomes of the objects it owns. Default `Background`. */
  propagation?: 'Background' | 'Foreground' | 'Orphan';
}

/**
 * An API server, spoken to in the JSON it stores: nothing is dropped or converted on the way.
 *
 * Every call throws KubeApiError where the server refuses, SluiceError `KUBE_UNREACHABLE` where there is none, and
 * `KIND_UNKNOWN` where it does not serve the kind.
 */
export class KubeClient {
  readonly #sender: RequestSender;
  readonly #groups = new Map<string, Promise<readonly Resource[]>>();

  constructor(connection: KubeConnection) {
    this.#sender = new RequestSender(connection);
  }

  get server(): string {
    return this.#sender.connection.server;
  }

  /** Ends the connections that are kept. */
  close(): void {
    this.#sender.close();
  }

  /** The body of an answer as text. */
  async send(request: KubeRequest): Promise<string> {
    const { status, text } = await this.#sender.send(request);
    if (status >= 200 && status < 300) return text;
    throw describeRefusal(`${request.method} ${this.server}${request.path}`, status, text);
  }

  /** The object, or undefined where there is none of this name. */
  async read(reference: ObjectReference, options: CallOptions = {}): Promise<KubernetesObject | undefined> {
    try {
      const path = await this.#pathOf(reference, options);
      return parseObject(await this.send({ method: 'GET', path, signal: options.signal }));
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list({
    apiVersion,
    kind,
    namespace,
    labelSelector,
    fieldSelector,
    signal,
  }: ListOptions): Promise<KubernetesObject[]> {
    const resource = await this.findResource({ apiVersion, kind }, { signal });
    const query = new URLSearchParams();
    if (labelSelector !== undefined) query.set('labelSelector', labelSelector);
    if (fieldSelector !== undefined) query.set('fieldSelector', fieldSelector);
    const path = formatResourcePath(resource, { apiVersion, namespace });
    const text = await this.send({ method: 'GET', path: `${path}?${query}`, signal });
    const { items } = JSON.parse(text) as { items: JsonObject[] | null };
    // A list leaves out of its items what it says of all of them.
    return (items ?? []).map((item) => ({ ...item, apiVersion, kind }) as KubernetesObject);
  }

  /** Creates the object or makes its fields ours and equal, by server-side apply. */
  async apply(object: KubernetesObject, options: CallOptions = {}): Promise<KubernetesObject> {
    return await this.applyText(JSON.stringify(object), refer(object), options);
  }

  /** As `apply`, for the text of an object in YAML or JSON that need not be parsed here. */
  async applyText(
    text: string,
    reference: ObjectReference,
    { signal }: CallOptions = {},
  ): Promise<KubernetesObject> {
    const path = `${await this.#pathOf(reference, { signal })}?fieldManager=${FIELD_MANAGER}&force=true`;
    return parseObject(
      await this.send({
        method: 'PATCH',
        path,
        body: text,
        contentType: 'application/apply-patch+yaml',
        signal,
      }),
    );
  }

  /**
   * Asks what `apply` would do, and changes nothing. Fields that the server does not know are refused too, and keys
   * that stand twice in the text.
   */
  async tryText(text: string, reference: ObjectReference, { signal }: CallOptions = {}): Promise<void> {
    const query = `fieldManager=${FIELD_MANAGER}&force=true&dryRun=All&fieldValidation=Strict`;
    await this.send({
      method: 'PATCH',
      path: `${await this.#pathOf(reference, { signal })}?${query}`,
      body: text,
      contentType: 'application/apply-patch+yaml',
      signal,
    });
  }

  /** Changes the fields of a JSON merge patch; null removes one. */
  async patch(
    reference: ObjectReference,
    patch: JsonObject,
    { signal }: CallOptions = {},
  ): Promise<KubernetesObject> {
    const path = `${await this.#pathOf(reference, { signal })}?fieldManager=${FIELD_MANAGER}`;
    const contentType = 'application/merge-patch+json';
    return parseObject(
      await this.send({ method: 'PATCH', path, body: JSON.stringify(patch), contentType, signal }),
    );
  }

  /** Asks for the object's removal; false where there is none. It may stay for its finalizers' time. */
  async remove(
    reference: ObjectReference,
    { propagation = 'Background', signal }: RemoveOptions = {},
  ): Promise<boolean> {
    try {
      const path = `${await this.#pathOf(reference, { signal })}?propagationPolicy=${propagation}`;
      await this.send({ method: 'DELETE', path, signal });
      return true;
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 404) return false;
      throw error;
    }
  }

  /** How the server serves a kind. */
  async findResource(
    { apiVersion, kind }: Pick<ObjectReference, 'apiVersion' | 'kind'>,
    { signal }: CallOptions = {},
  ): Promise<Resource> {
    const known = this.#groups.get(apiVersion);
    const found = findKind(await known?.catch(() => []), kind);
    if (found !== undefined) return found;
    // Kinds come with their definitions while we run: what is not known is asked for again.
    const asked = this.#discover(apiVersion, signal);
    this.#groups.set(apiVersion, asked);
    const resource = findKind(await asked, kind);
    if (resource === undefined) throw unknownKind(this.server, apiVersion, kind);
    return resource;
  }

  async #discover(apiVersion: string, signal: AbortSignal | undefined): Promise<readonly Resource[]> {
    try {
      const text = await this.send({ method: 'GET', path: formatGroupPath(apiVersion), signal });
      return (JSON.parse(text) as { resources: Resource[] }).resources;
    } catch (error) {
      this.#groups.delete(apiVersion);
      if (error instanceof KubeApiError && error.status === 404) return [];
      throw error;
    }
  }

  async #pathOf(reference: ObjectReference, options: CallOptions): Promise<string> {
    return formatResourcePath(await this.findResource(reference, options), reference);
  }
}

/** Names an object. */
export function refer(object: KubernetesObject): ObjectReference {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, name: metadata.name, namespace: readName(metadata, 'namespace') };
}

function findKind(resources: readonly Resource[] | undefined, kind: string): Resource | undefined {
  return resources?.find((resource) => resource.kind === kind && !resource.name.includes('/'));
}

function parseObject(text: string): KubernetesObject {
  return JSON.parse(text) as KubernetesObject;
}

function describeRefusal(request: string, status: number, text: string): KubeApiError {
  try {
    const { reason = '', message = text, details } = JSON.parse(text) as RefusalStatus;
    const causes = (details?.causes ?? []).map(({ field = '', message: why = '' }) => ({
      field,
      message: why,
    }));
    return new KubeApiError({ request, status, reason, text: message, causes });
  } catch {
    return new KubeApiError({ request, status, reason: '', text: text.slice(0, 2000) });
  }
}

interface RefusalStatus {
  reason?: string;
  message?: string;
  details?: { causes?: { field?: string; message?: string }[] };
}

function unknownKind(server: string, apiVersion: string, kind: string): SluiceError {
  return new SluiceError({
    code: 'KIND_UNKNOWN',
    message: `${kind} of ${apiVersion}: not served by ${server}`,
    remedy:
      'Install its CustomResourceDefinition, or use a version that the server has (kubectl api-resources).',
  });
}
