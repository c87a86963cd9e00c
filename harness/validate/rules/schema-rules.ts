import type { Rule } from '../rule.js';
import type { SchemaFinding } from '../schemas/check-schemas.js';

/** A rule that reports one kind of violation of the schemas; all objects are checked once for all such rules. */
export function createSchemaRule(rule: Omit<Rule, 'check'>, kind: SchemaFinding['kind']): Rule {
  return {
    ...rule,
    check: ({ schemaFindings }) =>
      schemaFindings
        .filter((finding) => finding.kind === kind)
        .map(({ manifest, pointer, message, remedy }) => ({ manifest, pointer, message, remedy })),
  };
}
