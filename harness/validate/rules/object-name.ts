import type { Manifest } from '../../manifest/manifest.js';
import { findNameProblem } from '../object-names.js';
import type { Finding, Rule } from '../rule.js';

export const objectName: Rule = {
  id: 'object-name',
  severity: 'error',
  title: 'Names keep to the limits of their kind.',
  check: ({ manifests }) => manifests.flatMap(checkName),
};

function checkName(manifest: Manifest): Finding[] {
  const { kind, metadata } = manifest.object;
  const generated = metadata['generateName'];
  if (metadata.name === '' && typeof generated === 'string' && generated !== '') return [];
  const problem = findNameProblem(kind, metadata.name);
  return problem ? [{ manifest, pointer: '/metadata/name', ...problem }] : [];
}
