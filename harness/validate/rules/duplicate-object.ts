import type { Manifest } from '../../manifest/manifest.js';
import { readName } from '../../manifest/read-json.js';
import { readGroup } from '../../manifest/workloads.js';
import type { Finding, Rule } from '../rule.js';

export const duplicateObject: Rule = {
  id: 'duplicate-object',
  severity: 'error',
  title: 'No object is rendered twice.',
  check: ({ manifests, index }) => {
    const first = new Map<string, Manifest>();
    return manifests.flatMap((manifest): Finding[] => {
      const { object, source } = manifest;
      if (object.metadata.name === '') return [];
      const key = [
        readGroup(object.apiVersion),
        object.kind,
        index.namespaceOf(manifest) ?? '',
        object.metadata.name,
      ].join('\n');
      const earlier = first.get(key);
      if (!earlier) {
        first.set(key, manifest);
        return [];
      }
      const other =
        earlier.source.template === source.template ? 'the same template' : earlier.source.template;
      return [
        {
          manifest,
          pointer: '/metadata/name',
          message: `${object.kind} ${object.metadata.name} is rendered twice; ${other || 'an earlier document'} has it too (line ${earlier.source.line})`,
          remedy:
            isHook(manifest) || isHook(earlier)
              ? 'Give the hook a name of its own.'
              : 'Give one of them another name, or render it once.',
        },
      ];
    });
  },
};

function isHook({ object }: Manifest): boolean {
  const annotations = object.metadata['annotations'];
  return (
    typeof annotations === 'object' &&
    annotations !== null &&
    readName(annotations as never, 'helm.sh/hook') !== undefined
  );
}
