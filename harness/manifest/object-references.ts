import { joinPointer } from './json-pointer.js';
import type { JsonObject, Manifest } from './manifest.js';
import { listOperatorReferences } from './operator-references.js';
import { readName, readObject, readObjects } from './read-json.js';
import { referFrom, type WrittenReference } from './reference.js';

/** What an object that carries no pods needs by name: backends, targets, roles, stores. */
export function listObjectReferences(from: Manifest): WrittenReference[] {
  const read = READERS[from.object.kind];
  const references = read === undefined ? listOperatorReferences(from) : read(from);
  const namespace = readName(from.object.metadata, 'namespace');
  return references.map((reference) => ({
    ...reference,
    to: { ...reference.to, namespace: reference.to.namespace ?? namespace },
  }));
}

const READERS: Readonly<Record<string, (from: Manifest) => WrittenReference[]>> = {
  Ingress: listIngressReferences,
  HTTPRoute: listRouteReferences,
  GRPCRoute: listRouteReferences,
  TCPRoute: listRouteReferences,
  TLSRoute: listRouteReferences,
  UDPRoute: listRouteReferences,
  HorizontalPodAutoscaler: (from) => listScaleTarget(from, 'scaleTargetRef'),
  VerticalPodAutoscaler: (from) => listScaleTarget(from, 'targetRef'),
  ScaledObject: (from) => listScaleTarget(from, 'scaleTargetRef'),
  RoleBinding: listBindingReferences,
  ClusterRoleBinding: listBindingReferences,
  ServiceAccount: listAccountReferences,
  StatefulSet: listStatefulSetReferences,
  ValidatingWebhookConfiguration: listWebhookReferences,
  MutatingWebhookConfiguration: listWebhookReferences,
  APIService: (from) =>
    referToService(from, readObject(readObject(from.object, 'spec'), 'service'), '/spec/service'),
};

function listIngressReferences(from: Manifest): WrittenReference[] {
  const spec = readObject(from.object, 'spec');
  const references: WrittenReference[] = [];
  const addBackend = (backend: JsonObject | undefined, pointer: string): void => {
    const service = readObject(backend, 'service');
    const name = readName(service, 'name');
    if (name === undefined) return;
    const port =
      readPort(readObject(service, 'port'), 'name') ?? readPort(readObject(service, 'port'), 'number');
    references.push(
      referFrom(from)('backend', joinPointer(pointer, 'service'), { kind: 'Service', name, port }),
    );
  };
  addBackend(readObject(spec, 'defaultBackend'), '/spec/defaultBackend');
  for (const { item: rule, index } of readObjects(spec, 'rules')) {
    for (const { item: path, index: position } of readObjects(readObject(rule, 'http'), 'paths')) {
      addBackend(
        readObject(path, 'backend'),
        joinPointer('/spec/rules', index, 'http', 'paths', position, 'backend'),
      );
    }
  }
  for (const { item, index } of readObjects(spec, 'tls')) {
    const name = readName(item, 'secretName');
    const pointer = joinPointer('/spec/tls', index, 'secretName');
    if (name !== undefined) references.push(referFrom(from)('tls', pointer, { kind: 'Secret', name }));
  }
  return references;
}

function listRouteReferences(from: Manifest): WrittenReference[] {
  return readObjects(readObject(from.object, 'spec'), 'rules').flatMap(({ item: rule, index }) => [
    ...readObjects(rule, 'backendRefs').flatMap(({ item, index: position }) =>
      readRouteBackend(from, item, joinPointer('/spec/rules', index, 'backendRefs', position)),
    ),
    ...readObjects(rule, 'filters').flatMap(({ item, index: position }) =>
      readRouteBackend(
        from,
        readObject(readObject(item, 'requestMirror'), 'backendRef'),
        joinPointer('/spec/rules', index, 'filters', position, 'requestMirror', 'backendRef'),
      ),
    ),
  ]);
}

function readRouteBackend(
  from: Manifest,
  backend: JsonObject | undefined,
  pointer: string,
): WrittenReference[] {
  const name = readName(backend, 'name');
  const kind = readName(backend, 'kind') ?? 'Service';
  if (name === undefined || readName(backend, 'group') !== undefined) return [];
  const to = { kind, name, namespace: readName(backend, 'namespace'), port: readPort(backend, 'port') };
  return [referFrom(from)('backend', pointer, to)];
}

function listScaleTarget(from: Manifest, field: string): WrittenReference[] {
  const target = readObject(readObject(from.object, 'spec'), field);
  const name = readName(target, 'name');
  if (name === undefined) return [];
  const kind = readName(target, 'kind') ?? 'Deployment';
  return [referFrom(from)('scale-target', joinPointer('/spec', field), { kind, name })];
}

function listBindingReferences(from: Manifest): WrittenReference[] {
  const role = readObject(from.object, 'roleRef');
  const roleName = readName(role, 'name');
  const references: WrittenReference[] = [];
  if (roleName !== undefined) {
    references.push(
      referFrom(from)('role', '/roleRef', { kind: readName(role, 'kind') ?? 'Role', name: roleName }),
    );
  }
  for (const { item, index } of readObjects(from.object, 'subjects')) {
    const name = readName(item, 'name');
    if (item['kind'] !== 'ServiceAccount' || name === undefined) continue;
    const to = { kind: 'ServiceAccount', name, namespace: readName(item, 'namespace') };
    references.push(referFrom(from)('subject', joinPointer('/subjects', index), to));
  }
  return references;
}

function listAccountReferences(from: Manifest): WrittenReference[] {
  return readObjects(from.object, 'imagePullSecrets').flatMap(({ item, index }) => {
    const name = readName(item, 'name');
    const pointer = joinPointer('/imagePullSecrets', index, 'name');
    return name === undefined
      ? []
      : [referFrom(from)('image-pull-secret', pointer, { kind: 'Secret', name })];
  });
}

function listStatefulSetReferences(from: Manifest): WrittenReference[] {
  const name = readName(readObject(from.object, 'spec'), 'serviceName');
  return name === undefined
    ? []
    : [referFrom(from)('governing-service', '/spec/serviceName', { kind: 'Service', name })];
}

function listWebhookReferences(from: Manifest): WrittenReference[] {
  return readObjects(from.object, 'webhooks').flatMap(({ item, index }) => {
    const service = readObject(readObject(item, 'clientConfig'), 'service');
    return referToService(from, service, joinPointer('/webhooks', index, 'clientConfig', 'service'));
  });
}

function referToService(
  from: Manifest,
  service: JsonObject | undefined,
  pointer: string,
): WrittenReference[] {
  const name = readName(service, 'name');
  if (name === undefined) return [];
  const to = {
    kind: 'Service',
    name,
    namespace: readName(service, 'namespace'),
    port: readPort(service, 'port'),
  };
  return [referFrom(from)('backend', pointer, to)];
}

function readPort(parent: JsonObject | undefined, key: string): string | number | undefined {
  const value = parent?.[key];
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}
