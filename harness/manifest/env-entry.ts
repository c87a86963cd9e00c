import type { VariableCollector } from './collect-variables.js';
import { composeValue } from './compose-value.js';
import { type EnvProblem, type EnvVariable, originOfOpen } from './container-environment.js';
import { readFieldValue, readResourceValue } from './downward-values.js';
import type { EnvOrigin, ValueSource } from './env-origin.js';
import { type EnvValue, unknownValue } from './env-value.js';
import type { JsonObject } from './manifest.js';
import { readFlag, readName, readObject, readObjects } from './read-json.js';

/** One element of a container's `env`. */
export interface EnvEntry {
  item: JsonObject;
  name: string;
  pointer: string;
  /** True for names that the same list defines after this entry. */
  isLater: (name: string) => boolean;
}

/** What an `env` entry comes to, given everything defined before it. */
export function resolveEnvEntry(collector: VariableCollector, entry: EnvEntry): EnvVariable {
  const { item, pointer } = entry;
  const value = item['value'];
  const valueFrom = readObject(item, 'valueFrom');
  const problems: EnvProblem[] = [];
  if (value !== undefined && value !== null && typeof value !== 'string') {
    const message = `the value of ${entry.name} is no text: Kubernetes takes only strings, so it must be quoted`;
    problems.push({ code: 'value-not-text', message, pointer });
  }
  const text = value === undefined || value === null ? '' : formatScalar(value);
  if (text !== '' && valueFrom !== undefined) {
    const message = `${entry.name} has both value and valueFrom; the API server refuses the object`;
    problems.push({ code: 'value-and-value-from', message, pointer });
  }
  const resolved =
    text === '' && valueFrom !== undefined
      ? resolveValueFrom(collector, entry, valueFrom)
      : composeValue(collector, entry, text);
  return { ...resolved, problems: [...problems, ...resolved.problems] };
}

function formatScalar(value: NonNullable<JsonObject[string]>): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function resolveValueFrom(collector: VariableCollector, entry: EnvEntry, valueFrom: JsonObject): EnvVariable {
  const field = readObject(valueFrom, 'fieldRef');
  if (field !== undefined) return resolveField(collector, entry, field);
  const resource = readObject(valueFrom, 'resourceFieldRef');
  if (resource !== undefined) return resolveResource(collector, entry, resource);
  const configMap = readObject(valueFrom, 'configMapKeyRef');
  if (configMap !== undefined)
    return resolveKey(collector, entry, { kind: 'ConfigMap', reference: configMap });
  const secret = readObject(valueFrom, 'secretKeyRef');
  if (secret !== undefined) return resolveKey(collector, entry, { kind: 'Secret', reference: secret });
  const file = readObject(valueFrom, 'fileKeyRef');
  if (file !== undefined) return resolveFileKey(collector, entry, file);
  const message = `valueFrom of ${entry.name} names no source; the API server refuses the object`;
  const problem: EnvProblem = { code: 'unknown-field', message, pointer: entry.pointer };
  return plainVariable(entry, { type: 'literal' }, { value: unknownValue('missing'), problems: [problem] });
}

function resolveField({ context }: VariableCollector, entry: EnvEntry, reference: JsonObject): EnvVariable {
  const fieldPath = readName(reference, 'fieldPath') ?? '';
  const value = readFieldValue(fieldPath, context.workload, context.actualNamespace);
  return plainVariable(entry, { type: 'field', fieldPath }, knownOrProblem(entry, value, fieldPath));
}

function resolveResource(
  { context }: VariableCollector,
  entry: EnvEntry,
  reference: JsonObject,
): EnvVariable {
  const resource = readName(reference, 'resource') ?? '';
  const container = readName(reference, 'containerName') ?? context.container.name;
  const value = readResourceValue(reference, context.workload, context.container.container);
  const source: ValueSource = { type: 'resource-field', resource, container };
  return plainVariable(entry, source, knownOrProblem(entry, value, resource));
}

function knownOrProblem(
  { pointer }: EnvEntry,
  value: EnvValue | undefined,
  field: string,
): { value: EnvValue; problems: EnvProblem[] } {
  if (value !== undefined) return { value, problems: [] };
  const message = `"${field}" cannot be put into a variable; the API server refuses the object`;
  return { value: unknownValue('missing'), problems: [{ code: 'unknown-field', message, pointer }] };
}

function resolveFileKey({ context }: VariableCollector, entry: EnvEntry, reference: JsonObject): EnvVariable {
  const volume = readName(reference, 'volumeName') ?? '';
  const source: ValueSource = {
    type: 'file-key',
    volume,
    path: readName(reference, 'path') ?? '',
    key: readName(reference, 'key') ?? '',
  };
  const isThere = readObjects(context.workload.podSpec, 'volumes').some(
    ({ item }) => item['name'] === volume,
  );
  const message = `the pod has no volume "${volume}"; the container will not start`;
  const problems: EnvProblem[] = isThere ? [] : [{ code: 'unknown-volume', message, pointer: entry.pointer }];
  const value = unknownValue(isThere ? 'at-runtime' : 'missing');
  return plainVariable(entry, source, { value, problems });
}

function resolveKey(
  { context }: VariableCollector,
  entry: EnvEntry,
  { kind, reference }: { kind: 'ConfigMap' | 'Secret'; reference: JsonObject },
): EnvVariable {
  const { pointer } = entry;
  const name = readName(reference, 'name') ?? '';
  const key = readName(reference, 'key') ?? '';
  const optional = readFlag(reference, 'optional');
  const content = context.objects.contentOf(kind, { name, namespace: context.namespace });
  const sourceProblems = content.problems.map(
    ({ message }): EnvProblem => ({ code: 'source-problem', message, pointer }),
  );
  const found = content.entries.get(key);
  if (found !== undefined) {
    return {
      name: entry.name,
      value: found.value,
      secret: found.secret,
      origin: { ...found.source, pointer },
      shadows: found.shadows.map((source) => ({ ...source, pointer })),
      mayBeOverriddenBy: found.mayBeReplacedBy.map((source) => originOfOpen(source, key, pointer)),
      uses: [],
      problems: sourceProblems,
    };
  }
  const open = content.open.at(-1);
  const source: ValueSource = open === undefined ? { type: 'existing', kind, name, key } : { ...open, key };
  const variable = plainVariable(entry, source, { value: unknownValue('missing'), problems: sourceProblems });
  if (open !== undefined) {
    const reason =
      open.type === 'existing' && open.by === undefined ? 'outside-release' : 'from-secret-store';
    return { ...variable, secret: kind === 'Secret', value: unknownValue(reason) };
  }
  if (optional) return { ...variable, secret: kind === 'Secret', value: { state: 'absent' } };
  return {
    ...variable,
    secret: kind === 'Secret',
    problems: [...sourceProblems, describeMissing(entry, content, key)],
  };
}

function describeMissing(
  { pointer }: EnvEntry,
  content: { kind: string; name: string; state: string; entries: ReadonlyMap<string, unknown> },
  key: string,
): EnvProblem {
  const object = `${content.kind} ${content.name}`;
  if (content.state === 'absent') {
    const message = `${object} does not exist; the container will not start`;
    return { code: 'missing-object', message, pointer };
  }
  const keys = [...content.entries.keys()].join(', ') || 'no key at all';
  const message = `${object} has no key ${key} (it has ${keys}); the container will not start`;
  return { code: 'missing-key', message, pointer };
}

function plainVariable(
  { name, pointer }: EnvEntry,
  source: ValueSource,
  { value, problems }: { value: EnvValue; problems: readonly EnvProblem[] },
): EnvVariable {
  const origin: EnvOrigin = { ...source, pointer };
  return { name, value, secret: false, origin, shadows: [], mayBeOverriddenBy: [], uses: [], problems };
}
