import { readCreationPolicy, readTargetName } from './external-secret-content.js';
import { joinPointer } from './json-pointer.js';
import { isJsonObject, type JsonObject, type JsonValue, type Manifest } from './manifest.js';
import { readName, readObject, readObjects } from './read-json.js';
import { type ReferenceTarget, referFrom, type WrittenReference } from './reference.js';

/** What objects of external-secrets need by name: stores, their credentials, template sources. */
export function listOperatorReferences(from: Manifest): WrittenReference[] {
  switch (from.object.kind) {
    case 'ExternalSecret':
      return listExternalSecretReferences(from);
    case 'PushSecret':
      return listPushSecretReferences(from);
    case 'SecretStore':
    case 'ClusterSecretStore':
      return listStoreReferences(from);
    default:
      return [];
  }
}

type Target = Omit<ReferenceTarget, 'optional'>;

function listExternalSecretReferences(from: Manifest): WrittenReference[] {
  const spec = readObject(from.object, 'spec');
  const references = referToStore(from, readObject(spec, 'secretStoreRef'), '/spec/secretStoreRef');
  for (const list of ['data', 'dataFrom']) {
    for (const { item, index } of readObjects(spec, list)) {
      const source = readObject(item, 'sourceRef');
      const pointer = joinPointer('/spec', list, index, 'sourceRef');
      references.push(
        ...referToStore(from, readObject(source, 'storeRef'), joinPointer(pointer, 'storeRef')),
      );
      const generator = readObject(source, 'generatorRef');
      const name = readName(generator, 'name');
      const kind = readName(generator, 'kind');
      if (name !== undefined && kind !== undefined) {
        references.push(referFrom(from)('generator', joinPointer(pointer, 'generatorRef'), { kind, name }));
      }
    }
  }
  if (readCreationPolicy(from) === 'Merge') {
    const to = { kind: 'Secret', name: readTargetName(from) };
    references.push(referFrom(from)('merge-target', '/spec/target', to));
  }
  return [...references, ...listTemplateSources(from, readObject(readObject(spec, 'target'), 'template'))];
}

function listTemplateSources(from: Manifest, template: JsonObject | undefined): WrittenReference[] {
  const references: WrittenReference[] = [];
  for (const { item, index } of readObjects(template, 'templateFrom')) {
    for (const [field, kind] of [
      ['configMap', 'ConfigMap'],
      ['secret', 'Secret'],
    ] as const) {
      const source = readObject(item, field);
      const name = readName(source, 'name');
      if (name === undefined) continue;
      const pointer = joinPointer('/spec/target/template/templateFrom', index, field);
      for (const { item: entry, index: position } of readObjects(source, 'items')) {
        const to = { kind, name, key: readName(entry, 'key') };
        references.push(referFrom(from)('template-source', joinPointer(pointer, 'items', position), to));
      }
    }
  }
  return references;
}

function listPushSecretReferences(from: Manifest): WrittenReference[] {
  const spec = readObject(from.object, 'spec');
  const references = readObjects(spec, 'secretStoreRefs').flatMap(({ item, index }) =>
    referToStore(from, item, joinPointer('/spec/secretStoreRefs', index)),
  );
  const name = readName(readObject(readObject(spec, 'selector'), 'secret'), 'name');
  if (name !== undefined) {
    references.push(referFrom(from)('template-source', '/spec/selector/secret', { kind: 'Secret', name }));
  }
  return references;
}

function referToStore(
  from: Manifest,
  reference: JsonObject | undefined,
  pointer: string,
): WrittenReference[] {
  const name = readName(reference, 'name');
  if (name === undefined) return [];
  return [referFrom(from)('store', pointer, { kind: readName(reference, 'kind') ?? 'SecretStore', name })];
}

/**
 * Credentials of a store, whatever its provider: `{name, key}` is a key of a Secret, `serviceAccountRef` an account,
 * `caProvider` a certificate.
 */
function listStoreReferences(from: Manifest): WrittenReference[] {
  const references: WrittenReference[] = [];
  const visit = (value: JsonValue | undefined, pointer: string, field: string): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        visit(item, joinPointer(pointer, index), field);
      });
      return;
    }
    if (!isJsonObject(value)) return;
    const target = readStoreTarget(value, field);
    if (target !== undefined) references.push(referFrom(from)('store-auth', pointer, target));
    for (const [key, inner] of Object.entries(value)) visit(inner, joinPointer(pointer, key), key);
  };
  visit(readObject(readObject(from.object, 'spec'), 'provider'), '/spec/provider', 'provider');
  return references;
}

function readStoreTarget(value: JsonObject, field: string): Target | undefined {
  const name = readName(value, 'name');
  if (name === undefined) return undefined;
  const namespace = readName(value, 'namespace');
  const key = readName(value, 'key');
  if (field === 'serviceAccountRef' || field === 'serviceAccount')
    return { kind: 'ServiceAccount', name, namespace };
  if (field === 'caProvider') return { kind: readName(value, 'type') ?? 'Secret', name, namespace, key };
  const isSecret = key !== undefined || /secretRef$/iu.test(field);
  return isSecret ? { kind: 'Secret', name, namespace, key } : undefined;
}
