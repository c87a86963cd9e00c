import { readCreationPolicy, readTargetName } from '../../manifest/external-secret-content.js';
import { describeDeclaration } from '../external-names.js';
import type { Rule } from '../rule.js';

export const externalSecretMerge: Rule = {
  id: 'external-secret-merge',
  severity: 'warning',
  title: 'creationPolicy Merge has a Secret to add to.',
  check: ({ graph, externals }) =>
    graph.references
      .filter(
        ({ relation, state, to }) =>
          relation === 'merge-target' && state === 'missing' && !externals.has('Secret', to.name),
      )
      .filter(({ from }) => readCreationPolicy(from) === 'Merge')
      .map(({ from }) => ({
        manifest: from,
        pointer: '/spec/target',
        message: `creationPolicy Merge adds to Secret ${readTargetName(from)}, which nothing in the release makes`,
        remedy: `Use creationPolicy: Owner, or ${describeDeclaration('Secret', readTargetName(from))}.`,
      })),
};
