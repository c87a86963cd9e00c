import { readName, readObject } from '../../manifest/read-json.js';
import type { Finding, Rule } from '../rule.js';

export const scaleConflict: Rule = {
  id: 'scale-conflict',
  severity: 'warning',
  title: 'A workload that is scaled automatically sets no replicas.',
  check: ({ index, graph }) =>
    graph.references.flatMap(({ from, relation, found, to }): Finding[] => {
      if (relation !== 'scale-target' || !found || from.object.kind === 'VerticalPodAutoscaler') return [];
      const spec = readObject(found.object, 'spec');
      if (spec?.['replicas'] === undefined || spec['replicas'] === null) return [];
      const isSame = index.isSameNamespace(readName(found.object.metadata, 'namespace'), to.namespace);
      return isSame
        ? [
            {
              manifest: found,
              pointer: '/spec/replicas',
              message: `${from.object.kind} ${from.object.metadata.name} scales it, and every upgrade sets the replicas back`,
              remedy: 'Leave replicas out of the template where autoscaling is on.',
            },
          ]
        : [];
    }),
};
