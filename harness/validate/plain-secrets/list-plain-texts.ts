import { joinPointer } from '../../manifest/json-pointer.js';
import { isJsonObject, type JsonValue, type Manifest } from '../../manifest/manifest.js';
import { readList, readName, readObjects, readStringMap } from '../../manifest/read-json.js';
import { readWorkload } from '../../manifest/workloads.js';
import { mayHoldToken } from './token-shapes.js';

/** A text of a manifest that everybody who may read the object sees. */
export interface PlainText {
  manifest: Manifest;
  pointer: string;
  /** Of the variable, key or flag; empty where there is none. */
  name: string;
  text: string;
  /** Such as `the key DB_PASSWORD`. */
  what: string;
  /** True where names and randomness say nothing: only the unmistakable shapes of tokens count. */
  shapesOnly: boolean;
}

/** Kinds whose values are secret or encrypted anyway, or that are too large and too public to be worth reading. */
const PASSED_KINDS = new Set(['Secret', 'SealedSecret', 'CustomResourceDefinition']);

/**
 * All texts of a manifest in which a secret would be seen: ConfigMap data, env, arguments, annotations; of all other
 * fields those that may hold a token.
 */
export function listPlainTexts(manifest: Manifest): PlainText[] {
  const { object } = manifest;
  if (PASSED_KINDS.has(object.kind)) return [];
  const texts = [...listData(manifest), ...listContainerTexts(manifest), ...listAnnotations(manifest)];
  const told = new Set(texts.map(({ pointer }) => pointer));
  const rest: PlainText[] = [];
  walk(object, '', (text, pointer) => {
    if (!told.has(pointer))
      rest.push({ manifest, pointer, name: '', text, what: describeField(pointer), shapesOnly: true });
  });
  return [...texts, ...rest];
}

function describeField(pointer: string): string {
  return `the field ${pointer.slice(pointer.lastIndexOf('/') + 1)}`;
}

function listData(manifest: Manifest): PlainText[] {
  if (manifest.object.kind !== 'ConfigMap') return [];
  return Object.entries(readStringMap(manifest.object, 'data')).map(([name, text]) => ({
    manifest,
    pointer: joinPointer('/data', name),
    name,
    text,
    what: `the key ${name} of a ConfigMap`,
    shapesOnly: false,
  }));
}

function listContainerTexts(manifest: Manifest): PlainText[] {
  const containers = readWorkload(manifest)?.containers ?? [];
  return containers.flatMap(({ container, pointer }) => [
    ...readObjects(container, 'env').flatMap(({ item, index }): PlainText[] => {
      const name = readName(item, 'name') ?? '';
      const text = readName(item, 'value');
      const at = joinPointer(pointer, 'env', index, 'value');
      return text === undefined
        ? []
        : [{ manifest, pointer: at, name, text, what: `the variable ${name}`, shapesOnly: false }];
    }),
    ...['command', 'args'].flatMap((list) =>
      readList(container, list).flatMap((text, position): PlainText[] => {
        if (typeof text !== 'string') return [];
        const [, name = '', value = text] = /^--?([\w.-]+)=([\s\S]*)$/u.exec(text) ?? [];
        const at = joinPointer(pointer, list, position);
        const what = name === '' ? `an argument in ${list}` : `the flag --${name}`;
        return [{ manifest, pointer: at, name, text: value, what, shapesOnly: name === '' }];
      }),
    ),
  ]);
}

function listAnnotations(manifest: Manifest): PlainText[] {
  const places = [{ metadata: manifest.object.metadata as JsonValue, pointer: '/metadata' }];
  const workload = readWorkload(manifest);
  if (workload && workload.podSpecPointer !== '/spec') {
    places.push({
      metadata: workload.podMetadata,
      pointer: workload.podSpecPointer.replace(/spec$/u, 'metadata'),
    });
  }
  return places.flatMap(({ metadata, pointer }) =>
    isJsonObject(metadata)
      ? Object.entries(readStringMap(metadata, 'annotations')).map(([key, text]) => ({
          manifest,
          pointer: joinPointer(pointer, 'annotations', key),
          name: key.slice(key.indexOf('/') + 1),
          text,
          what: `the annotation ${key}`,
          // Digests and ids abound in annotations, and their names are other people's.
          shapesOnly: !/passw|secret-value|api-?key/iu.test(key),
        }))
      : [],
  );
}

function walk(value: JsonValue, pointer: string, visit: (text: string, pointer: string) => void): void {
  if (typeof value === 'string') {
    if (mayHoldToken(value)) visit(value, pointer);
  } else if (Array.isArray(value)) {
    for (const [position, item] of value.entries()) walk(item, `${pointer}/${position}`, visit);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) walk(item, joinPointer(pointer, key), visit);
  }
}
