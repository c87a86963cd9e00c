import { nearestName } from '../nearest-name.js';
import type { Rule } from '../rule.js';

export const unknownVolume: Rule = {
  id: 'unknown-volume',
  severity: 'error',
  title: 'Every volume that is mounted is defined in its pod.',
  check: ({ graph }) =>
    graph.locals
      .filter(({ found, relation }) => !found && relation === 'volume-mount')
      .map(({ from, pointer, name, available }) => {
        const nearest = nearestName(name, available);
        return {
          manifest: from,
          pointer,
          message: `the pod has no volume "${name}"; the API server refuses the object${nearest ? `; did you mean "${nearest}"?` : ''}`,
          remedy:
            available.length > 0
              ? `Its volumes: ${available.join(', ')}.`
              : 'Add it to the volumes of the pod.',
        };
      }),
};
