import {
  type ContainerEnvironment,
  type EnvProblem,
  type EnvVariable,
  type OpenEndedSource,
  originOfOpen,
} from './container-environment.js';
import type { DataObjects } from './data-objects.js';
import { resolveEnvEntry } from './env-entry.js';
import { type EnvNameRule, isEnvName } from './env-name.js';
import { joinPointer } from './json-pointer.js';
import type { JsonObject } from './manifest.js';
import type { ContentEntry, ObjectContent } from './object-content.js';
import { readFlag, readName, readObject, readObjects, readString } from './read-json.js';
import type { Workload, WorkloadContainer } from './workloads.js';

/** What is needed to work out a container's variables. */
export interface EnvContext {
  objects: DataObjects;
  workload: Workload;
  container: WorkloadContainer;
  /** Namespace of the workload as written; undefined: the release's. */
  namespace: string | undefined;
  /** The namespace the pods will be in, where that is known. */
  actualNamespace: string | undefined;
  nameRule: EnvNameRule;
  skipsInvalidNames: boolean;
}

/** The variables of a container while they are being collected, in the kubelet's order. */
export class VariableCollector {
  readonly context: EnvContext;
  readonly problems: EnvProblem[] = [];
  readonly openEnded: OpenEndedSource[] = [];
  readonly #variables = new Map<string, EnvVariable>();

  constructor(context: EnvContext) {
    this.context = context;
  }

  get(name: string): EnvVariable | undefined {
    return this.#variables.get(name);
  }

  /** Sets a variable; what had the name before is remembered as shadowed, and the new one goes to the end. */
  set(variable: EnvVariable): void {
    const earlier = this.#variables.get(variable.name);
    this.#variables.delete(variable.name);
    const lost =
      earlier === undefined || earlier.value.state === 'absent' ? [] : [...earlier.shadows, earlier.origin];
    this.#variables.set(variable.name, { ...variable, shadows: [...lost, ...variable.shadows] });
  }

  /** Adds a source that may give any name that starts with its prefix. */
  addOpen(open: OpenEndedSource): void {
    this.openEnded.push(open);
    for (const [name, variable] of this.#variables) {
      if (!name.startsWith(open.prefix)) continue;
      const origin = originOfOpen(open.source, name.slice(open.prefix.length), open.pointer);
      this.#variables.set(name, {
        ...variable,
        mayBeOverriddenBy: [...variable.mayBeOverriddenBy, origin],
      });
    }
  }

  list(): EnvVariable[] {
    return [...this.#variables.values()];
  }
}

/**
 * The variables of one container, in the order in which the kubelet defines them: `envFrom` sources as listed, later
 * ones winning, then `env` entries as listed, which win over all of them.
 */
export function collectVariables(
  context: EnvContext,
): Pick<ContainerEnvironment, 'variables' | 'openEnded' | 'problems'> {
  const collector = new VariableCollector(context);
  const { container, pointer } = context.container;
  for (const { item, index } of readObjects(container, 'envFrom')) {
    addEnvFrom(collector, item, joinPointer(pointer, 'envFrom', index));
  }
  const entries = readObjects(container, 'env').map(({ item, index }) => ({
    item,
    name: readString(item, 'name') ?? '',
    pointer: joinPointer(pointer, 'env', index),
  }));
  const lastPosition = new Map(entries.map(({ name }, position) => [name, position]));
  const seen = new Set<string>();
  entries.forEach(({ item, name, pointer: entryPointer }, position) => {
    const isLater = (other: string): boolean => (lastPosition.get(other) ?? -1) > position;
    const variable = resolveEnvEntry(collector, { item, name, pointer: entryPointer, isLater });
    const problems = [...variable.problems, ...checkName(name, entryPointer, { seen, context })];
    seen.add(name);
    const isKept = variable.value.state === 'absent' && collector.get(name) !== undefined;
    if (isKept) collector.problems.push(...problems);
    else collector.set({ ...variable, problems });
  });
  return { variables: collector.list(), openEnded: collector.openEnded, problems: collector.problems };
}

function checkName(
  name: string,
  pointer: string,
  { seen, context }: { seen: ReadonlySet<string>; context: EnvContext },
): EnvProblem[] {
  const problems: EnvProblem[] = [];
  if (!isEnvName(name, context.nameRule)) {
    const message = `"${name}" is no valid name for a variable; the API server refuses the object`;
    problems.push({ code: 'invalid-name', message, pointer });
  }
  if (seen.has(name)) {
    const message = `${name} is in env more than once; the last one wins, and server-side apply refuses the object`;
    problems.push({ code: 'duplicate-name', message, pointer });
  }
  return problems;
}

function addEnvFrom(collector: VariableCollector, item: JsonObject, pointer: string): void {
  const reference = readSource(item);
  if (reference === undefined) return;
  const { kind, name, optional } = reference;
  const { namespace } = collector.context;
  const content = collector.context.objects.contentOf(kind, { name, namespace });
  reportContent(collector, content, { pointer, optional });
  const prefix = readString(item, 'prefix') ?? '';
  for (const source of content.open) collector.addOpen({ source, prefix, pointer, optional });
  for (const entry of content.entries.values()) addEntry(collector, entry, { prefix, pointer });
}

function readSource(
  item: JsonObject,
): { kind: 'ConfigMap' | 'Secret'; name: string; optional: boolean } | undefined {
  const configMap = readObject(item, 'configMapRef');
  const reference = configMap ?? readObject(item, 'secretRef');
  const name = readName(reference, 'name');
  if (name === undefined) return undefined;
  const kind = configMap === undefined ? 'Secret' : 'ConfigMap';
  return { kind, name, optional: readFlag(reference, 'optional') };
}

function reportContent(
  collector: VariableCollector,
  content: ObjectContent,
  { pointer, optional }: { pointer: string; optional: boolean },
): void {
  if (content.state === 'absent' && !optional) {
    const message = `${content.kind} ${content.name} does not exist; the container will not start`;
    collector.problems.push({ code: 'missing-object', message, pointer });
  }
  for (const { message } of content.problems) {
    collector.problems.push({ code: 'source-problem', message, pointer });
  }
}

function addEntry(
  collector: VariableCollector,
  entry: ContentEntry,
  { prefix, pointer }: { prefix: string; pointer: string },
): void {
  const name = prefix + entry.key;
  if (collector.context.skipsInvalidNames && !isEnvName(name, 'strict')) {
    const message = `"${name}" is no valid name for a variable; the kubelet leaves it out`;
    collector.problems.push({ code: 'skipped-name', message, pointer });
    return;
  }
  collector.set({
    name,
    value: entry.value,
    secret: entry.secret,
    origin: { ...entry.source, pointer },
    shadows: entry.shadows.map((source) => ({ ...source, pointer })),
    mayBeOverriddenBy: entry.mayBeReplacedBy.map((source) => originOfOpen(source, entry.key, pointer)),
    uses: [],
    problems: [],
  });
}
