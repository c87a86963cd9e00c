import { isEnvName, isShellName } from '../../manifest/env-name.js';
import type { Finding, Rule } from '../rule.js';

export const envShellName: Rule = {
  id: 'env-shell-name',
  severity: 'info',
  title: 'Every variable has a name that a shell can use.',
  check: ({ environments }) =>
    environments.flatMap(({ workload, container, variables }) =>
      variables
        .filter(({ name }) => isEnvName(name, 'relaxed') && !isShellName(name))
        .map(
          ({ name, origin }): Finding => ({
            manifest: workload.manifest,
            pointer: origin.pointer,
            message: `no shell can use the variable "${name}" of container ${container}, and some drop it`,
            remedy: 'Use letters, digits and _ only, or mount it as a file.',
          }),
        ),
    ),
};
