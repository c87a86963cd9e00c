import pLimit from 'p-limit';
import { SluiceError } from '../errors.js';
import { linkSignals } from '../exec/link-signals.js';
import type { KubeClient } from '../kube/kube-client.js';
import { KubeApiError } from '../kube/kube-error.js';
import type { Manifest, ValuesSource } from '../manifest/manifest.js';
import { readName } from '../manifest/read-json.js';
import type { Issue } from '../validate/issue.js';
import { LineLocator } from '../validate/locate-line.js';
import { locateCause } from '../validate/values/locate-cause.js';
import { ValuesPositions } from '../validate/values/values-position.js';
import { findFieldPointer } from './field-pointer.js';
import { hideSecretTexts } from './hide-secret-texts.js';

/** Rule id of findings about what an API server refuses. */
export const SERVER_RULE = 'server-dry-run';

const SIDE_BY_SIDE = 8;

export interface DryRunOptions {
  client: KubeClient;
  /** Of the release: for objects that name none. */
  namespace: string;
  valuesSources?: readonly ValuesSource[] | undefined;
  /**
   * What it means that the server does not serve a kind. Default `error`; `info` for a server that was made for the
   * check alone and has few definitions.
   */
  unknownKind?: 'error' | 'info';
  signal?: AbortSignal | undefined;
}

/** A refusal, before it has a place. */
interface Refusal {
  severity: Issue['severity'];
  pointer: string;
  message: string;
  remedy: string;
}

/**
 * Has an API server try every object of a release, by server-side apply with dry run and strict validation, and gives
 * what it refuses: findings of the rule `server-dry-run`.
 *
 * @throws SluiceError `KUBE_UNREACHABLE`; KubeApiError where the server refuses not the object but us.
 */
export async function dryRunRelease(
  manifests: readonly Manifest[],
  options: DryRunOptions,
): Promise<Issue[]> {
  using link = linkSignals([options.signal]);
  const limit = pLimit(SIDE_BY_SIDE);
  const lines = new LineLocator();
  const positions = new ValuesPositions(options.valuesSources ?? []);
  const refusals = await Promise.all(
    manifests.map(async (manifest) => ({
      manifest,
      found: await limit(
        async () => await tryManifest(manifest, manifests, { ...options, signal: link.signal }),
      ),
    })),
  );
  return refusals.flatMap(({ manifest, found }) =>
    found.map((refusal) => {
      const { object, source } = manifest;
      const values = locateCause(object, refusal.pointer, positions);
      return {
        rule: SERVER_RULE,
        object: `${object.kind}/${object.metadata.name}`,
        namespace: readName(object.metadata, 'namespace') ?? options.namespace,
        ...refusal,
        source: { template: source.template, line: lines.locate(manifest, refusal.pointer) },
        ...(values === undefined ? {} : { values }),
      };
    }),
  );
}

async function tryManifest(
  manifest: Manifest,
  release: readonly Manifest[],
  { client, namespace, unknownKind = 'error', signal }: DryRunOptions,
): Promise<Refusal[]> {
  const { apiVersion, kind, metadata } = manifest.object;
  try {
    const { namespaced } = await client.findResource({ apiVersion, kind }, { signal });
    const place = readName(metadata, 'namespace') ?? namespace;
    const reference = { apiVersion, kind, name: metadata.name, ...(namespaced ? { namespace: place } : {}) };
    await client.tryText(chooseText(manifest), reference, { signal });
    return [];
  } catch (error) {
    if (error instanceof KubeApiError) return readRefusal(error, manifest, release);
    if (!(error instanceof SluiceError) || error.code !== 'KIND_UNKNOWN') throw error;
    return isDefined(kind, release) ? [] : [describeUnknownKind(manifest, unknownKind)];
  }
}

// What a template prints, so that the server sees keys that stand twice. An item of a list has no text of its own.
function chooseText({ object, text }: Manifest): string {
  return /^kind: *["']?\w*List["']?\s*$/mu.test(text) ? JSON.stringify(object) : text;
}

function isDefined(kind: string, release: readonly Manifest[]): boolean {
  return release.some(({ object }) => {
    const names = object.kind === 'CustomResourceDefinition' ? object['spec'] : undefined;
    return JSON.stringify(names ?? null).includes(`"kind":${JSON.stringify(kind)}`);
  });
}

function describeUnknownKind({ object }: Manifest, severity: 'error' | 'info'): Refusal {
  return {
    severity,
    pointer: '/kind',
    message: `the server does not serve ${object.kind} of ${object.apiVersion}: the object was not tried`,
    remedy:
      severity === 'error'
        ? 'Install its CustomResourceDefinition, or use a version that the server has (kubectl api-resources).'
        : 'Try it on a cluster that has its CustomResourceDefinition: sluice check --server --context NAME.',
  };
}

// Its status for a field of the wrong type is that of a fault of its own, 500.
const TYPED = 'failed to create typed patch object';

function readRefusal(error: KubeApiError, manifest: Manifest, release: readonly Manifest[]): Refusal[] {
  const text = error.evidence ?? '';
  const account = /error looking up service account \S+\/(\S+): serviceaccount/u.exec(text)?.[1];
  // It comes with the release, just before the pod.
  if (account !== undefined && hasServiceAccount(account, release)) return [];
  if (error.status === 404 && error.reason === 'NotFound' && /^namespaces "/u.test(text)) {
    return [describeMissingNamespace(text)];
  }
  if (isAboutServer(error, text)) throw error;
  const fields = listFields(error, text);
  return fields.map(({ field, message }) => ({
    severity: 'error',
    pointer: findFieldPointer(manifest.object, field),
    message: `the server refuses it: ${hideSecretTexts(message, manifest.object)}`,
    remedy: 'Correct the template or the value; this is the API server’s own word.',
  }));
}

/** True where it is not the object that the server has something against. */
function isAboutServer({ status }: KubeApiError, text: string): boolean {
  if (status === 403) return / cannot \w+ resource /u.test(text);
  // 500 is also its answer to a number that is too large for its field.
  if (status === 500) return /^(?:etcdserver|Internal error occurred: (?!.*webhook))/u.test(text);
  return status === 401 || status === 429 || status > 500;
}

function hasServiceAccount(name: string, release: readonly Manifest[]): boolean {
  return (
    name === 'default' ||
    release.some(({ object }) => object.kind === 'ServiceAccount' && object.metadata.name === name)
  );
}

function describeMissingNamespace(text: string): Refusal {
  return {
    severity: 'warning',
    pointer: '/metadata',
    message: `the object was not tried: ${text}`,
    remedy: 'Make the namespace first (kubectl create namespace NAME), or name another with --namespace.',
  };
}

/** What is said of each field; one for the whole object where the server names none. */
function listFields(error: KubeApiError, text: string): { field: string; message: string }[] {
  const named = error.causes.filter(({ field }) => field !== '');
  if (named.length > 0) {
    return named.map(({ field, message }) => ({ field, message: `${field}: ${message}` }));
  }
  const typed = text.includes(TYPED) ? [...text.matchAll(/(?:^|[\s:]) *(\.[a-z][^\s:]*): (.+?)$/gmu)] : [];
  if (typed.length > 0) {
    return typed.map(([, field = '', message = '']) => ({
      field,
      message: `${field.slice(1)}: ${message.replace(/^(.*) \1$/u, '$1')}`,
    }));
  }
  return [{ field: '', message: text }];
}
