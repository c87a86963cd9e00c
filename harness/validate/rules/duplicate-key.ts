import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { joinPointer } from '../../manifest/json-pointer.js';
import { kubernetesYamlOptions } from '../../manifest/kubernetes-yaml.js';
import { mayRepeatKeys } from '../may-repeat-keys.js';
import type { Finding, Rule } from '../rule.js';

export const duplicateKey: Rule = {
  id: 'duplicate-key',
  severity: 'error',
  title: 'No map of a manifest has a key twice.',
  check: ({ manifests }) => {
    const seen = new Set<string>();
    return manifests.flatMap((manifest): Finding[] => {
      if (seen.has(manifest.text) || !mayRepeatKeys(manifest.text)) return [];
      seen.add(manifest.text);
      return listRepeatedKeys(manifest.text).map((pointer) => ({
        manifest,
        pointer,
        message: `the key "${pointer.slice(pointer.lastIndexOf('/') + 1)}" is there twice; the last one wins, silently`,
        remedy: 'Take one of them away: usually two includes in the template print the same key.',
      }));
    });
  },
};

function listRepeatedKeys(text: string): string[] {
  const { contents } = parseDocument(text, {
    ...kubernetesYamlOptions,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const found: string[] = [];
  const visit = (node: Node | null, pointer: string): void => {
    if (isMap(node)) {
      const seen = new Set<string>();
      for (const { key, value } of node.items) {
        if (!isScalar(key)) continue;
        const inner = joinPointer(pointer, String(key.value));
        if (seen.has(inner) && key.source !== '<<') found.push(inner);
        seen.add(inner);
        visit(value as Node | null, inner);
      }
    } else if (isSeq(node)) {
      for (const [position, item] of node.items.entries())
        visit(item as Node | null, joinPointer(pointer, position));
    }
  };
  visit(contents, '');
  return found;
}
