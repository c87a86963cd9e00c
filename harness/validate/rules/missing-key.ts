import { readPointer } from '../../manifest/json-pointer.js';
import { nearestName } from '../nearest-name.js';
import type { Rule } from '../rule.js';

export const missingKey: Rule = {
  id: 'missing-key',
  severity: 'error',
  title: 'Every key that is asked for is in its ConfigMap or Secret.',
  check: ({ graph, dataObjects }) =>
    graph.references
      .filter(({ keyState, to }) => keyState === 'missing' && !to.optional)
      .map(({ from, pointer, to }) => {
        const kind = to.kind === 'ConfigMap' ? 'ConfigMap' : 'Secret';
        const content = dataObjects.contentOf(kind, { name: to.name, namespace: to.namespace });
        const keys = [...content.entries.keys()];
        const nearest = nearestName(to.key ?? '', keys);
        const place = readPointer(from.object, `${pointer}/key`) === undefined ? pointer : `${pointer}/key`;
        return {
          manifest: from,
          pointer: place,
          message: `${to.kind} ${to.name} has no key ${to.key}${nearest ? `; did you mean ${nearest}?` : ''}`,
          remedy: keys.length > 0 ? `Its keys are: ${keys.join(', ')}.` : 'Its keys are set nowhere.',
        };
      }),
};
