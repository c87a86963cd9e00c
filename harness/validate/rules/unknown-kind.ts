import type { Rule } from '../rule.js';
import type { SchemaFinding } from '../schemas/check-schemas.js';

export const unknownKind: Rule = {
  id: 'unknown-kind',
  severity: 'warning',
  title: 'The schema of every kind is known.',
  check: ({ schemaFindings }) => {
    const byKind = new Map<string, SchemaFinding[]>();
    for (const finding of schemaFindings) {
      if (finding.kind !== 'unknown-kind') continue;
      const { apiVersion, kind } = finding.manifest.object;
      const name = `${apiVersion} ${kind}`;
      byKind.set(name, [...(byKind.get(name) ?? []), finding]);
    }
    return [...byKind].map(([name, findings]) => ({
      manifest: findings[0]?.manifest,
      pointer: '/kind',
      message: `no schema is known for ${name}; ${findings.length === 1 ? 'it was' : `${findings.length} objects were`} not checked`,
      remedy: 'Give its CustomResourceDefinition: sluice check --crd FILE.',
    }));
  },
};
