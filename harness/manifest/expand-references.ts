/** A piece of a value: text as it is, or a `$(NAME)` reference. */
export type ReferencePart = { kind: 'text'; text: string } | { kind: 'reference'; name: string };

/**
 * Splits a value as the kubelet does when it expands `$(NAME)`.
 *
 * `$$` is one `$` and hides a following `(`; `$(` without `)` and `$` before anything else stand for themselves; any
 * characters up to the first `)` are the name. Rules: kubernetes `third_party/forked/golang/expansion`.
 */
export function splitReferences(value: string): ReferencePart[] {
  const parts: ReferencePart[] = [];
  let text = '';
  let position = 0;
  const lastClose = value.lastIndexOf(')');
  while (position < value.length) {
    const dollar = value.indexOf('$', position);
    if (dollar === -1) break;
    text += value.slice(position, dollar);
    const next = value[dollar + 1];
    const close = next === '(' && lastClose > dollar ? value.indexOf(')', dollar + 2) : -1;
    if (close !== -1) {
      if (text !== '') parts.push({ kind: 'text', text });
      text = '';
      parts.push({ kind: 'reference', name: value.slice(dollar + 2, close) });
      position = close + 1;
    } else if (next === '$') {
      text += '$';
      position = dollar + 2;
    } else {
      text += '$';
      position = dollar + 1;
    }
  }
  text += value.slice(position);
  if (text !== '') parts.push({ kind: 'text', text });
  return parts;
}

/** The names that a value refers to by `$(NAME)`, each once, in order. */
export function listReferences(value: string): string[] {
  const names = splitReferences(value).flatMap((part) => (part.kind === 'reference' ? [part.name] : []));
  return [...new Set(names)];
}

/** Replaces every `$(NAME)` that `lookup` knows; the others stay as written. Replaced text is not expanded again. */
export function expandReferences(value: string, lookup: (name: string) => string | undefined): string {
  return splitReferences(value)
    .map((part) => (part.kind === 'text' ? part.text : (lookup(part.name) ?? `$(${part.name})`)))
    .join('');
}
