import { readCreationPolicy, readTargetName } from '../../manifest/external-secret-content.js';
import type { Manifest } from '../../manifest/manifest.js';
import { readName } from '../../manifest/read-json.js';
import { listExternalSecrets } from '../external-secret.js';
import type { Finding, Rule } from '../rule.js';
import type { RuleContext } from '../rule-context.js';

export const externalSecretTarget: Rule = {
  id: 'external-secret-target',
  severity: 'error',
  title: 'Every Secret has one owner.',
  check: (context) => {
    const owners = new Map<string, Manifest>();
    return listExternalSecrets(context).flatMap(({ manifest, target }): Finding[] => {
      const policy = readCreationPolicy(manifest);
      if (policy === 'Merge' || policy === 'None') return [];
      const name = readTargetName(manifest);
      const key = `${context.index.namespaceOf(manifest) ?? ''}/${name}`;
      const earlier = owners.get(key);
      owners.set(key, manifest);
      const message = describeOwner(context, { name, manifest, earlier });
      if (message === undefined) return [];
      const pointer = readName(target, 'name') === undefined ? '/metadata/name' : '/spec/target/name';
      return [
        { manifest, pointer, message, remedy: 'Give it a target of its own, or creationPolicy: Merge.' },
      ];
    });
  },
};

function describeOwner(
  { index }: RuleContext,
  { name, manifest, earlier }: { name: string; manifest: Manifest; earlier: Manifest | undefined },
): string | undefined {
  if (earlier)
    return `ExternalSecret ${earlier.object.metadata.name} owns Secret ${name} too: each undoes what the other wrote`;
  const namespace = readName(manifest.object.metadata, 'namespace');
  const other =
    index.find({ kind: 'Secret', name, namespace }) ?? index.find({ kind: 'SealedSecret', name, namespace });
  return other
    ? `${other.object.kind} ${name} is in the release too: the operator adopts it and its keys are lost`
    : undefined;
}
