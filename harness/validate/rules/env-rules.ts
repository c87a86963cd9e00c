import type {
  ContainerEnvironment,
  EnvProblem,
  EnvProblemCode,
} from '../../manifest/container-environment.js';
import type { Finding, Rule } from '../rule.js';

/** A rule over the problems that working out a container's environment met. */
export function createEnvRule(
  rule: Omit<Rule, 'check'>,
  codes: Readonly<Partial<Record<EnvProblemCode, string>>>,
): Rule {
  return {
    ...rule,
    check: ({ environments }) =>
      environments.flatMap((environment) =>
        listProblems(environment).flatMap(({ code, message, pointer }): Finding[] => {
          const remedy = codes[code];
          const manifest = environment.workload.manifest;
          return remedy === undefined ? [] : [{ manifest, pointer, message, remedy }];
        }),
      ),
  };
}

function listProblems({ problems, variables }: ContainerEnvironment): EnvProblem[] {
  return [...problems, ...variables.flatMap((variable) => variable.problems)];
}
