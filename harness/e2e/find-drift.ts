import { joinPointer } from '../manifest/json-pointer.js';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubernetesObject,
} from '../manifest/manifest.js';

/**
 * Where a live object says something else than what was rendered, as JSON pointers with what happened there; empty
 * where a GitOps tool would see no drift.
 *
 * In `spec` and `data` a field that the server or a controller has added counts too, unless the kind is one of
 * Kubernetes' own: it fills in defaults that GitOps tools know. In metadata only rendered labels and annotations count.
 */
export function findDrift(rendered: KubernetesObject, live: KubernetesObject): string[] {
  const isCustom =
    rendered.apiVersion.split('/')[0]?.includes('.') === true && !isBuiltIn(rendered.apiVersion);
  const { apiVersion: _version, kind: _kind, metadata, status: _status, ...rest } = rendered;
  const found = Object.entries(rest).flatMap(([key, value]) =>
    compare(value, live[key], { pointer: `/${key}`, isExact: isCustom }),
  );
  for (const field of ['labels', 'annotations'] as const) {
    const pointer = `/metadata/${field}`;
    const value = metadata[field];
    if (isJsonObject(value)) found.push(...compare(value, live.metadata[field], { pointer, isExact: false }));
  }
  return found;
}

interface Place {
  pointer: string;
  /** Whether what is there besides counts. */
  isExact: boolean;
}

function compare(rendered: JsonValue, live: JsonValue | undefined, { pointer, isExact }: Place): string[] {
  if (isJsonObject(rendered) && isJsonObject(live)) {
    const added = isExact ? Object.keys(live).filter((key) => !Object.hasOwn(rendered, key)) : [];
    return [
      ...Object.entries(rendered).flatMap(([key, value]) =>
        compare(value, live[key], { pointer: joinPointer(pointer, key), isExact }),
      ),
      ...added.map((key) => `${joinPointer(pointer, key)}: added`),
    ];
  }
  if (Array.isArray(rendered) && Array.isArray(live) && rendered.length === live.length) {
    return rendered.flatMap((item, index) =>
      compare(item, live[index], { pointer: joinPointer(pointer, index), isExact }),
    );
  }
  if (live === undefined) return isNothing(rendered) ? [] : [`${pointer}: removed`];
  return JSON.stringify(rendered) === JSON.stringify(live) ? [] : [`${pointer}: changed`];
}

// An empty map or list and none are the same to the API server.
function isNothing(value: JsonValue): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value as JsonObject) && Object.keys(value as JsonObject).length === 0;
}

function isBuiltIn(apiVersion: string): boolean {
  return /^(?:apps|batch|autoscaling|policy|(?:[a-z.]+\.)?k8s\.io)\//u.test(apiVersion);
}
