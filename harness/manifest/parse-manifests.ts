import { parse, YAMLParseError } from 'yaml';
import { SluiceError } from '../errors.js';
import { kubernetesYamlOptions } from './kubernetes-yaml.js';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubernetesObject,
  type Manifest,
} from './manifest.js';

// A key that stands twice is a finding of `validate()`, which tells of all of them; here the last one wins, as in Helm.
const manifestYamlOptions = { ...kubernetesYamlOptions, uniqueKeys: false } as const;

/** One YAML document of a rendered stream, not yet read. */
export interface ManifestDocument {
  text: string;
  /** Line of the document's first line in the whole text, from 1. */
  line: number;
  /** From Helm's `# Source:` comment; empty without one. */
  template: string;
}

/**
 * Reads a stream of YAML documents, as `helm template` and `kubectl` print it, into manifests in the same order.
 *
 * Documents that hold nothing are left out; a `List` is replaced by its items.
 *
 * @throws SluiceError `MANIFEST_UNREADABLE` for text that is not YAML, `MANIFEST_INCOMPLETE` for a document without
 * `apiVersion` and `kind`; both name the template and the line.
 */
export function parseManifests(text: string): Manifest[] {
  const counts = new Map<string, number>();
  return splitDocuments(text).flatMap((document) => {
    const value = readDocument(document);
    if (value === null || value === undefined) return [];
    const index = counts.get(document.template) ?? 0;
    counts.set(document.template, index + 1);
    return unwrapList(value, document).map((object) => ({
      object,
      source: { template: document.template, index, line: document.line },
      text: document.text,
    }));
  });
}

/** Splits at lines that begin a document. `---` in column 0 always does, whatever stands around it (YAML 1.2, 9.1.2). */
export function splitDocuments(text: string): ManifestDocument[] {
  const documents: ManifestDocument[] = [];
  let start = 0;
  let line = 1;
  const marker = /^---(?:[ \t].*)?\r?$\n?/gmu;
  const push = (end: number): void => {
    const body = text.slice(start, end);
    if (body.trim() !== '') documents.push({ text: body, line, template: readTemplateName(body) });
  };
  for (const match of text.matchAll(marker)) {
    push(match.index);
    const next = match.index + match[0].length;
    line += countLines(text, start, next);
    start = next;
  }
  push(text.length);
  return documents;
}

function readTemplateName(body: string): string {
  return /^# Source: (.+?)\r?$/mu.exec(body)?.[1] ?? '';
}

function countLines(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function readDocument(document: ManifestDocument): JsonValue | undefined {
  try {
    return parse(document.text, manifestYamlOptions) as JsonValue;
  } catch (error) {
    const position = error instanceof YAMLParseError ? error.linePos?.[0] : undefined;
    const line = document.line + (position?.line ?? 1) - 1;
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new SluiceError({
      code: 'MANIFEST_UNREADABLE',
      message: `${describePlace(document)}: not readable as YAML`,
      evidence: `line ${line} of the rendered text: ${reason.replace(/ at line \d+, column \d+:?$/u, '')}`,
      remedy:
        'Render the chart alone (sluice render) and look at that line; quote what the template prints there.',
      cause: error,
    });
  }
}

function unwrapList(value: JsonValue, document: ManifestDocument): KubernetesObject[] {
  if (!isJsonObject(value) || typeof value['kind'] !== 'string' || typeof value['apiVersion'] !== 'string') {
    throw new SluiceError({
      code: 'MANIFEST_INCOMPLETE',
      message: `${describePlace(document)}: a document without apiVersion and kind`,
      evidence: `line ${document.line} of the rendered text`,
      remedy: 'Give the document both, or make the template print nothing.',
    });
  }
  const items = value['items'];
  if (value['kind'].endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item) => unwrapList(item, document));
  }
  return [withMetadata(value)];
}

function withMetadata(value: JsonObject): KubernetesObject {
  const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {};
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  return { ...value, metadata: { ...metadata, name } } as KubernetesObject;
}

function describePlace({ template }: ManifestDocument): string {
  return template === '' ? 'manifest' : template;
}
