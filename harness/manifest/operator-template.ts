const ACTION = /\{\{-?([\s\S]*?)-?\}\}/gu;
const FIELD = /^\s*\.([A-Za-z_]\w*)\s*$/u;
const INDEXED = /^\s*index\s+\.\s+"([^"\\]*)"\s*$/u;

/** The keys that a template of the operator's reads (`{{ .username }}`, `{{ index . "api-key" }}`), each once. */
export function listTemplateKeys(template: string): string[] {
  const keys = new Set<string>();
  for (const [, action = ''] of template.matchAll(ACTION)) {
    for (const [, key = ''] of action.matchAll(/index\s+\.\s+"([^"\\]+)"/gu)) keys.add(key);
    const code = action.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/gu, '""');
    for (const [, field = ''] of code.matchAll(/(?<![\w)$\]."])\.([A-Za-z_]\w*)/gu)) keys.add(field);
  }
  return [...keys];
}

/** The outcome of a template. */
export type TemplateOutcome =
  | { state: 'text'; text: string }
  /** It calls functions or branches; only the operator can tell. */
  | { state: 'not-evaluated' }
  /** `lookup` did not know these keys. */
  | { state: 'unknown-keys'; keys: string[] };

/** Evaluates templates that do nothing but insert keys; the operator's functions are not known here. */
export function evaluateTemplate(
  template: string,
  lookup: (key: string) => string | undefined,
): TemplateOutcome {
  const unknown: string[] = [];
  let isPlain = true;
  const trimmed = template.replaceAll(/\s+\{\{-(?=\s)/gu, '{{').replaceAll(/(?<=\s)-\}\}\s+/gu, '}}');
  const text = trimmed.replaceAll(ACTION, (_written, action: string) => {
    const key = FIELD.exec(action)?.[1] ?? INDEXED.exec(action)?.[1];
    if (key === undefined) isPlain = false;
    const value = key === undefined ? undefined : lookup(key);
    if (key !== undefined && value === undefined) unknown.push(key);
    return value ?? '';
  });
  if (!isPlain) return { state: 'not-evaluated' };
  return unknown.length > 0 ? { state: 'unknown-keys', keys: unknown } : { state: 'text', text };
}
