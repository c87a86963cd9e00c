import type { VariableCollector } from './collect-variables.js';
import type { EnvProblem, EnvVariable } from './container-environment.js';
import type { EnvEntry } from './env-entry.js';
import type { EnvValue } from './env-value.js';
import { listReferences, splitReferences } from './expand-references.js';
import { SecretValue } from './secret-value.js';

const SERVICE_VARIABLE =
  /^[A-Z_][A-Z0-9_]*_(?:SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/u;

/** The variable that a literal `value` becomes once its `$(NAME)` references are filled in from what came before. */
export function composeValue(collector: VariableCollector, entry: EnvEntry, text: string): EnvVariable {
  const { name, pointer } = entry;
  const origin = { type: 'literal', pointer } as const;
  const base = { name, origin, shadows: [], mayBeOverriddenBy: [] };
  if (!text.includes('$')) {
    return { ...base, value: { state: 'known', text }, secret: false, uses: [], problems: [] };
  }
  const composition = compose(collector, entry, text);
  return {
    ...base,
    value: composition.value,
    secret: composition.secret,
    uses: listReferences(text),
    problems: composition.problems,
  };
}

function compose(
  collector: VariableCollector,
  entry: EnvEntry,
  text: string,
): { value: EnvValue; secret: boolean; problems: EnvProblem[] } {
  const problems: EnvProblem[] = [];
  let full = '';
  let preview = '';
  let secret = false;
  let isHidden = false;
  let isKnown = true;
  for (const part of splitReferences(text)) {
    const written = part.kind === 'text' ? part.text : `$(${part.name})`;
    const found = part.kind === 'text' ? undefined : readReference(collector, entry, part.name);
    if (found?.problem !== undefined) problems.push(found.problem);
    secret ||= found?.secret ?? false;
    const value = found?.value;
    full +=
      value?.state === 'hidden' ? value.secret.reveal() : value?.state === 'known' ? value.text : written;
    preview += value?.state === 'known' ? value.text : written;
    isHidden ||= value?.state === 'hidden';
    isKnown &&= value?.state !== 'unknown';
  }
  if (!isKnown) return { value: { state: 'unknown', reason: 'composed', preview }, secret, problems };
  const value: EnvValue = isHidden
    ? { state: 'hidden', secret: new SecretValue(full) }
    : { state: 'known', text: full };
  return { value, secret, problems };
}

/** What a reference stands for. No value: it stays as written, which is a problem. */
function readReference(
  collector: VariableCollector,
  entry: EnvEntry,
  name: string,
): { value?: EnvValue; secret: boolean; problem?: EnvProblem } {
  const variable = collector.get(name);
  if (variable !== undefined && variable.value.state !== 'absent') {
    return { value: variable.value, secret: variable.secret };
  }
  const open = collector.openEnded.find(({ prefix }) => name.startsWith(prefix));
  if (open !== undefined && !entry.isLater(name)) {
    const isSecret = open.source.type === 'external-secret' || open.source.kind === 'Secret';
    return { value: { state: 'unknown', reason: 'composed' }, secret: isSecret };
  }
  if (isServiceVariable(collector, name))
    return { value: { state: 'unknown', reason: 'at-runtime' }, secret: false };
  return { secret: false, problem: describeReference(entry, name) };
}

function isServiceVariable({ context }: VariableCollector, name: string): boolean {
  if (!SERVICE_VARIABLE.test(name)) return false;
  return name.startsWith('KUBERNETES_') || context.workload.podSpec['enableServiceLinks'] !== false;
}

function describeReference(entry: EnvEntry, name: string): EnvProblem {
  const { pointer } = entry;
  const start = `$(${name}) in ${entry.name} stays as written`;
  if (name === entry.name) {
    const message = `${start}: nothing defines ${name} before`;
    return { code: 'unresolved-reference', message, pointer };
  }
  return entry.isLater(name)
    ? {
        code: 'reference-before-definition',
        message: `${start}: ${name} comes after ${entry.name} in env, and Kubernetes fills in only what comes before`,
        pointer,
      }
    : {
        code: 'unresolved-reference',
        message: `${start}: no source of this container gives ${name}`,
        pointer,
      };
}
