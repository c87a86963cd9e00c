import type { EnvOrigin } from '../../manifest/env-origin.js';
import { formatOrigin } from '../../manifest/format-origin.js';
import type { Finding, Rule } from '../rule.js';

export const envShadowed: Rule = {
  id: 'env-shadowed',
  severity: 'warning',
  title: 'No variable is given by two sources of envFrom.',
  check: ({ environments }) =>
    environments.flatMap(({ workload, container, variables }) =>
      variables.flatMap(({ name, origin, shadows }): Finding[] => {
        const lost = shadows.filter((shadow) => shadow.pointer !== origin.pointer);
        if (lost.length === 0) return [];
        return [
          {
            manifest: workload.manifest,
            pointer: origin.pointer,
            // An entry of `env` is written to win; two sources of `envFrom` seldom meet on purpose.
            severity: isEntry(origin) ? 'info' : 'warning',
            message: `${name} of container ${container} is from ${formatOrigin(origin, { name })}; ${listLosers(lost, name)} lost`,
            remedy: 'Take the one that loses away, or give it another name.',
          },
        ];
      }),
    ),
};

function isEntry({ pointer }: EnvOrigin): boolean {
  return /\/env\/\d+$/u.test(pointer);
}

function listLosers(lost: readonly EnvOrigin[], name: string): string {
  return [...new Set(lost.map((origin) => formatOrigin(origin, { name })))].join(', ');
}
