import type { ExternalSecretRoute, RemoteReference } from './env-origin.js';
import { type EnvValue, revealValue, unknownValue } from './env-value.js';
import type { JsonObject, Manifest } from './manifest.js';
import { ContentBuilder } from './object-content.js';
import { evaluateTemplate, listTemplateKeys } from './operator-template.js';
import { readName, readObject, readObjects, readString, readStringMap } from './read-json.js';
import { SecretValue } from './secret-value.js';

/**
 * Turns what the provider gave into what the Secret holds.
 *
 * Without `target.template` everything is copied. With one, `data` and `templateFrom` decide the keys, and what the
 * provider gave is kept only with `mergePolicy: Merge` or where the template writes no data.
 */
export function applyTarget(
  provided: ContentBuilder,
  manifest: Manifest,
  secretName: string,
): ContentBuilder {
  const template = readObject(readObject(readObject(manifest.object, 'spec'), 'target'), 'template');
  if (template === undefined) return provided;
  const data = readStringMap(template, 'data');
  const templateFrom = readObjects(template, 'templateFrom');
  const writesData = Object.keys(data).length > 0 || templateFrom.length > 0;
  if (!writesData) return provided;

  const content = new ContentBuilder();
  if (template['mergePolicy'] === 'Merge') content.addAll(provided);
  else content.problems.push(...provided.problems);
  const target: TemplateTarget = { content, provided, manifest, secretName };
  for (const { item } of templateFrom) addTemplateFrom(target, item);
  for (const [key, text] of Object.entries(data)) addTemplate(target, key, text);
  return content;
}

interface TemplateTarget {
  content: ContentBuilder;
  provided: ContentBuilder;
  manifest: Manifest;
  secretName: string;
}

function addTemplateFrom(target: TemplateTarget, from: JsonObject): void {
  if ((readName(from, 'target') ?? 'Data') !== 'Data') return;
  for (const kind of ['configMap', 'secret'] as const) {
    for (const { item } of readObjects(readObject(from, kind), 'items')) {
      const key = readName(item, 'key');
      if (key === undefined) continue;
      if (item['templateAs'] === 'KeysAndValues') addOpen(target, []);
      else addValue(target, { key, uses: [], value: unknownValue('from-template') });
    }
  }
  const literal = readString(from, 'literal');
  if (literal !== undefined) addOpen(target, listTemplateKeys(literal));
}

function addTemplate(target: TemplateTarget, key: string, text: string): void {
  const { content, provided } = target;
  const uses = listTemplateKeys(text);
  const missing = provided.open.length > 0 ? [] : uses.filter((name) => !provided.entries.has(name));
  const outcome = evaluateTemplate(text, (name) => {
    const value = provided.entries.get(name)?.value;
    return value === undefined ? undefined : revealValue(value);
  });
  if (outcome.state === 'unknown-keys' && missing.length > 0) {
    const known = [...provided.entries.keys()].join(', ') || 'none';
    const message = `the template of ${key} uses ${missing.join(', ')}, which data and dataFrom do not give (they give: ${known})`;
    content.problems.push({ code: 'template-key-missing', message });
  }
  const value: EnvValue =
    outcome.state === 'text'
      ? { state: 'hidden', secret: new SecretValue(outcome.text) }
      : unknownValue('from-template');
  addValue(target, { key, uses, value });
}

function addValue(
  { content, provided, manifest, secretName }: TemplateTarget,
  { key, uses, value }: { key: string; uses: readonly string[]; value: EnvValue },
): void {
  content.add({
    key,
    value,
    secret: true,
    source: { type: 'external-secret', name: secretName, key, manifest, ...templateRoute(provided, uses) },
  });
}

function addOpen({ content, provided, manifest, secretName }: TemplateTarget, uses: readonly string[]): void {
  content.addOpen({
    type: 'external-secret',
    name: secretName,
    manifest,
    ...templateRoute(provided, uses),
  });
}

/** A template's route with the readings behind the keys it uses; a key that is not listed may be from any open source. */
function templateRoute(
  provided: ContentBuilder,
  uses: readonly string[],
): Extract<ExternalSecretRoute, { via: 'template' }> {
  const remotes = new Map<string, RemoteReference>();
  for (const key of uses) {
    const entry = provided.entries.get(key);
    for (const source of entry === undefined ? provided.open : [entry.source]) {
      if (source.type !== 'external-secret' || !('remote' in source)) continue;
      remotes.set(`${source.remote.store?.name ?? ''} ${source.remote.key}`, source.remote);
    }
  }
  return { via: 'template', uses, remotes: [...remotes.values()] };
}
