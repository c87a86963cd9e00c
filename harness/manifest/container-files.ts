import type { DataObjects } from './data-objects.js';
import type { OpenSource, ValueSource } from './env-origin.js';
import { type EnvValue, unknownValue } from './env-value.js';
import { joinPointer } from './json-pointer.js';
import type { JsonObject } from './manifest.js';
import type { ObjectContent } from './object-content.js';
import { readFlag, readName, readObject, readObjects } from './read-json.js';
import type { Workload, WorkloadContainer } from './workloads.js';

/** A file that Kubernetes puts before a container's process, or a folder whose files cannot be listed. */
export interface MountedFile {
  /** Absolute path in the container; ends in `/*` where the names cannot be known. */
  path: string;
  /** Undefined names: the source may hold any key. */
  origin: ValueSource | OpenSource;
  value: EnvValue;
  secret: boolean;
  /** Permission bits, such as 0o400. Undefined: Kubernetes' default, 0o644. */
  mode: number | undefined;
  /** False for `subPath` mounts, which keep the content they started with. */
  followsChanges: boolean;
  /** True when the container starts without it. */
  optional: boolean;
  /** JSON pointer of the volume mount in the workload's manifest. */
  pointer: string;
}

interface VolumeFile extends Pick<MountedFile, 'origin' | 'value' | 'secret' | 'mode' | 'optional'> {
  /** Relative to the volume; `*` where the names cannot be known. */
  path: string;
}

/** The files of the ConfigMaps, Secrets and pod fields that are mounted into a container. */
export function listFiles(
  workload: Workload,
  container: WorkloadContainer,
  { objects, namespace }: { objects: DataObjects; namespace: string | undefined },
): MountedFile[] {
  const volumes = new Map(
    readObjects(workload.podSpec, 'volumes').map(({ item }) => [readName(item, 'name') ?? '', item]),
  );
  return readObjects(container.container, 'volumeMounts').flatMap(({ item: mount, index }) => {
    const volume = volumes.get(readName(mount, 'name') ?? '');
    if (volume === undefined) return [];
    const pointer = joinPointer(container.pointer, 'volumeMounts', index);
    return placeFiles(listVolumeFiles(volume, { objects, namespace }), mount, pointer);
  });
}

function placeFiles(files: readonly VolumeFile[], mount: JsonObject, pointer: string): MountedFile[] {
  const mountPath = (readName(mount, 'mountPath') ?? '').replace(/\/+$/u, '');
  const subPath = readName(mount, 'subPath') ?? readName(mount, 'subPathExpr');
  const followsChanges = subPath === undefined;
  return files.flatMap((file) => {
    const place =
      subPath === undefined ? `${mountPath}/${file.path}` : placeSubPath(file.path, subPath, mountPath);
    return place === undefined ? [] : [{ ...file, path: place, followsChanges, pointer }];
  });
}

function placeSubPath(path: string, subPath: string, mountPath: string): string | undefined {
  const wanted = subPath.replace(/^\.\//u, '').replace(/\/+$/u, '');
  if (path === wanted || path === '*') return mountPath;
  return path.startsWith(`${wanted}/`) ? mountPath + path.slice(wanted.length) : undefined;
}

interface VolumeContext {
  objects: DataObjects;
  namespace: string | undefined;
}

function listVolumeFiles(volume: JsonObject, context: VolumeContext): VolumeFile[] {
  const projected = readObject(volume, 'projected');
  if (projected === undefined) return listSourceFiles(volume, context);
  const defaultMode = projected['defaultMode'];
  return readObjects(projected, 'sources')
    .flatMap(({ item }) => listSourceFiles(item, context))
    .map((file) => ({ ...file, mode: file.mode ?? readMode(defaultMode) }));
}

function listSourceFiles(source: JsonObject, context: VolumeContext): VolumeFile[] {
  const configMap = readObject(source, 'configMap');
  if (configMap !== undefined) return listDataFiles('ConfigMap', configMap, context);
  const secret = readObject(source, 'secret');
  if (secret !== undefined) return listDataFiles('Secret', secret, context);
  const downward = readObject(source, 'downwardAPI');
  return downward === undefined ? [] : listFieldFiles(downward);
}

function listFieldFiles(downward: JsonObject): VolumeFile[] {
  return readObjects(downward, 'items').map(({ item }) => {
    const fieldPath = readName(readObject(item, 'fieldRef'), 'fieldPath');
    const resourceRef = readObject(item, 'resourceFieldRef');
    const origin: ValueSource =
      fieldPath !== undefined || resourceRef === undefined
        ? { type: 'field', fieldPath: fieldPath ?? '' }
        : {
            type: 'resource-field',
            resource: readName(resourceRef, 'resource') ?? '',
            container: readName(resourceRef, 'containerName') ?? '',
          };
    const mode = readMode(item['mode'] ?? downward['defaultMode']);
    const path = readName(item, 'path') ?? '';
    return { path, origin, value: unknownValue('at-runtime'), secret: false, mode, optional: false };
  });
}

function listDataFiles(
  kind: 'ConfigMap' | 'Secret',
  source: JsonObject,
  context: VolumeContext,
): VolumeFile[] {
  const name = readName(source, 'name') ?? readName(source, 'secretName') ?? '';
  const content = context.objects.contentOf(kind, { name, namespace: context.namespace });
  const optional = readFlag(source, 'optional');
  const whole = { optional, mode: readMode(source['defaultMode']), secret: kind === 'Secret' };
  const items = readObjects(source, 'items');
  if (items.length === 0) {
    const keys = [...content.entries.keys(), ...content.binary.keys()];
    return [
      ...content.open.map((open) => ({ ...whole, path: '*', origin: open, value: unknownOf(open) })),
      ...keys.map((key) => ({ ...whole, path: key, ...readKey(content, key, optional) })),
    ];
  }
  return items.map(({ item }) => {
    const key = readName(item, 'key') ?? '';
    const path = readName(item, 'path') ?? key;
    const mode = readMode(item['mode']) ?? whole.mode;
    return { ...whole, path, mode, ...readKey(content, key, optional) };
  });
}

function readKey(
  content: ObjectContent,
  key: string,
  optional: boolean,
): { origin: ValueSource; value: EnvValue } {
  const { kind, name } = content;
  const entry = content.entries.get(key);
  if (entry !== undefined) return { origin: entry.source, value: entry.value };
  const binary = content.binary.get(key);
  if (binary !== undefined) return { origin: binary, value: unknownValue('binary') };
  const open = content.open.at(-1);
  if (open !== undefined) return { origin: { ...open, key }, value: unknownOf(open) };
  const value: EnvValue = optional ? { state: 'absent' } : unknownValue('missing');
  return { origin: { type: 'existing', kind, name, key }, value };
}

function unknownOf(open: OpenSource): EnvValue {
  const isOutside = open.type === 'existing' && open.by === undefined;
  return unknownValue(isOutside ? 'outside-release' : 'from-secret-store');
}

function readMode(value: JsonObject[string] | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
