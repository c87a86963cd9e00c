import type { Reference, ReferenceRelation } from '../../manifest/reference.js';
import { describeDeclaration } from '../external-names.js';
import type { Severity } from '../issue.js';
import type { Finding, Rule } from '../rule.js';
import type { RuleContext } from '../rule-context.js';
import { findDeclaration } from '../values/declared-names.js';

/** What happens without the object, and how bad that is. Relations that are missing here are not told. */
const CONSEQUENCES: Readonly<Partial<Record<ReferenceRelation, { severity: Severity; effect: string }>>> = {
  env: { severity: 'error', effect: 'the container does not start' },
  'env-from': { severity: 'error', effect: 'the container does not start' },
  volume: { severity: 'error', effect: 'the pod does not start' },
  claim: { severity: 'error', effect: 'the pod is not scheduled' },
  'service-account': { severity: 'error', effect: 'no pod is created' },
  'image-pull-secret': { severity: 'info', effect: 'images are pulled without credentials' },
  backend: { severity: 'error', effect: 'requests fail' },
  tls: { severity: 'warning', effect: 'the certificate is missing' },
  'scale-target': { severity: 'error', effect: 'nothing is scaled' },
  role: { severity: 'error', effect: 'nothing is allowed' },
  subject: { severity: 'warning', effect: 'nobody gets these rights' },
  'store-auth': { severity: 'warning', effect: 'the store cannot log in' },
  'template-source': { severity: 'error', effect: 'the operator writes no Secret' },
  generator: { severity: 'warning', effect: 'the operator writes no Secret' },
  'governing-service': { severity: 'warning', effect: 'the pods have no DNS names of their own' },
};

/** Objects that Kubernetes itself puts into kube-system. */
const WELL_KNOWN = new Set([
  'Role/extension-apiserver-authentication-reader',
  'ConfigMap/extension-apiserver-authentication',
]);

export const danglingReference: Rule = {
  id: 'dangling-reference',
  severity: 'error',
  title: 'Everything that an object refers to is in the release or declared to exist.',
  check: (context) =>
    context.graph.references
      .filter(
        ({ state, to }) =>
          state === 'missing' &&
          !to.optional &&
          !WELL_KNOWN.has(`${to.kind}/${to.name}`) &&
          !context.externals.has(to.kind, to.name),
      )
      .flatMap((reference) => describeMissing(reference, context)),
};

function describeMissing({ from, pointer, relation, to }: Reference, context: RuleContext): Finding[] {
  const consequence = CONSEQUENCES[relation];
  if (!consequence) return [];
  const declared = findDeclaration(to.name, context.positions);
  if (declared) {
    return [
      {
        manifest: from,
        pointer,
        severity: 'info',
        message: `${to.kind} ${to.name} is not in the release; ${declared.path} says that it exists`,
        remedy: 'Nothing to do, if it does.',
      },
    ];
  }
  const nearest = context.findNearestObject(to.kind, to.name);
  const isOutside = to.kind === 'ClusterRole' || !context.index.isSameNamespace(to.namespace, undefined);
  return [
    {
      manifest: from,
      pointer,
      severity: isOutside ? 'warning' : consequence.severity,
      message: `nothing in the release makes ${to.kind} ${to.name}: ${consequence.effect}${nearest ? `; did you mean ${nearest}?` : ''}`,
      remedy: `${nearest ? `Refer to ${nearest}` : 'Add it to the release'}, or, where it exists already, ${describeDeclaration(to.kind, to.name)}.`,
    },
  ];
}
