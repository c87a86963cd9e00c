import type { LocalRelation } from '../../manifest/reference.js';
import { nearestName } from '../nearest-name.js';
import type { Finding, Rule } from '../rule.js';
import type { RuleContext } from '../rule-context.js';

const OWNERS: Readonly<Partial<Record<LocalRelation, string>>> = {
  'probe-port': 'the container',
  'service-target-port': 'no container that the Service selects',
  'monitor-port': 'nothing that the monitor selects',
  'policy-port': 'no container that the policy selects',
};

export const unknownPort: Rule = {
  id: 'unknown-port',
  severity: 'error',
  title: 'Every port that is named exists.',
  check: (context) => [...checkNames(context), ...checkServices(context)],
};

function checkNames({ graph }: RuleContext): Finding[] {
  return graph.locals
    .filter(({ found, relation }) => !found && OWNERS[relation] !== undefined)
    .map(({ from, pointer, relation, name, available }) => {
      const owner = OWNERS[relation] ?? '';
      const nearest = nearestName(name, available);
      return {
        manifest: from,
        pointer,
        message: `${owner} ${owner.startsWith('no') ? 'has a' : 'has no'} port named "${name}"${nearest ? `; did you mean "${nearest}"?` : ''}`,
        remedy:
          available.length > 0
            ? `Named ports: ${[...new Set(available)].join(', ')}.`
            : 'No port there has a name: give it one, or use its number.',
      };
    });
}

function checkServices({ graph }: RuleContext): Finding[] {
  return graph.references
    .filter(({ portState }) => portState === 'missing')
    .map(({ from, pointer, to }) => ({
      manifest: from,
      pointer,
      message: `Service ${to.name} has no port ${JSON.stringify(to.port)}`,
      remedy: 'Refer to a port of the Service (not of the container), by its name or number.',
    }));
}
