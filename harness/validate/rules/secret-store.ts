import { joinPointer } from '../../manifest/json-pointer.js';
import type { JsonObject, Manifest } from '../../manifest/manifest.js';
import { readName, readObject, readObjects } from '../../manifest/read-json.js';
import { readGroup } from '../../manifest/workloads.js';
import type { Finding, Rule } from '../rule.js';

const PROVIDER = '/spec/provider';

/**
 * What the operator's webhook holds of stores (external-secrets 0.20.4, secretstore_validator.go and the providers'
 * `ValidateStore`).
 */
export const secretStore: Rule = {
  id: 'secret-store',
  severity: 'error',
  title: "Every store is one that the operator's webhook admits.",
  check: ({ index }) =>
    (['SecretStore', 'ClusterSecretStore'] as const)
      .flatMap((kind) => index.ofKind(kind))
      .filter(({ object }) => readGroup(object.apiVersion) === 'external-secrets.io')
      .flatMap((manifest) => {
        const provider = readObject(readObject(manifest.object, 'spec'), 'provider') ?? {};
        return [
          ...checkCount(manifest, provider),
          ...checkNamespaces(manifest, provider, PROVIDER),
          ...checkAws(manifest, readObject(provider, 'aws')),
          ...checkKubernetes(manifest, readObject(provider, 'kubernetes')),
          ...checkInfisical(manifest, readObject(provider, 'infisical')),
          ...checkFake(manifest, readObject(provider, 'fake')),
        ];
      }),
};

function checkCount(manifest: Manifest, provider: JsonObject): Finding[] {
  const names = Object.keys(provider);
  if (names.length === 1) return [];
  const what = names.length === 0 ? 'no provider' : `${names.length} providers, ${names.join(', ')}`;
  const remedy = 'Name one provider; a second one needs a store of its own.';
  return [{ manifest, pointer: PROVIDER, message: `${what}: a store has exactly one`, remedy }];
}

/** A store of one namespace takes its credentials from there alone. */
function checkNamespaces(manifest: Manifest, value: unknown, pointer: string): Finding[] {
  if (manifest.object.kind !== 'SecretStore' || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((item, index) => checkNamespaces(manifest, item, joinPointer(pointer, index)));
  const own = readName(manifest.object.metadata, 'namespace');
  return Object.entries(value).flatMap(([key, inner]): Finding[] => {
    const place = joinPointer(pointer, key);
    const isReference =
      /Ref$|^(?:accessKeyID|secretAccessKey|sessionToken|bearerToken|clientCert|serviceAccount)/u.test(key);
    const namespace = isReference ? readName(inner as JsonObject, 'namespace') : undefined;
    if (namespace === undefined || own === undefined || namespace === own)
      return checkNamespaces(manifest, inner, place);
    const message = `credentials from namespace ${namespace}: a SecretStore may read only its own, ${own}`;
    const remedy = 'Leave the namespace out, or make it a ClusterSecretStore.';
    return [{ manifest, pointer: joinPointer(place, 'namespace'), message, remedy }];
  });
}

function checkAws(manifest: Manifest, aws: JsonObject | undefined): Finding[] {
  const region = aws?.['region'];
  if (typeof region === 'string' && !/^[A-Za-z0-9-]+$/u.test(region)) {
    const message = `region ${JSON.stringify(region)}: AWS has none of this name`;
    return [{ manifest, pointer: `${PROVIDER}/aws/region`, message, remedy: 'Name one, such as eu-west-1.' }];
  }
  const window = readObject(aws, 'secretsManager')?.['recoveryWindowInDays'];
  const force = readObject(aws, 'secretsManager')?.['forceDeleteWithoutRecovery'];
  if (typeof window !== 'number' || window === 0) return [];
  const pointer = `${PROVIDER}/aws/secretsManager/recoveryWindowInDays`;
  if (window < 7 || window > 30) {
    const message = `a recovery window of ${window} days: AWS has 7 to 30`;
    return [{ manifest, pointer, message, remedy: 'Use 7 to 30 days, or leave it out.' }];
  }
  if (force !== true) return [];
  const message = 'a recovery window together with forceDeleteWithoutRecovery';
  return [{ manifest, pointer, message, remedy: 'Keep one of the two.' }];
}

function checkKubernetes(manifest: Manifest, kubernetes: JsonObject | undefined): Finding[] {
  if (kubernetes === undefined) return [];
  const pointer = `${PROVIDER}/kubernetes/server`;
  const server = readObject(kubernetes, 'server');
  const authority = readObject(server, 'caProvider');
  if (
    kubernetes['authRef'] === undefined &&
    readName(server, 'caBundle') === undefined &&
    authority === undefined
  ) {
    const message = "neither caBundle nor caProvider: the operator's webhook refuses it";
    const remedy = 'Name the ConfigMap kube-root-ca.crt as caProvider.';
    return [{ manifest, pointer, message, remedy }];
  }
  if (authority === undefined) return [];
  const isCluster = manifest.object.kind === 'ClusterSecretStore';
  const hasNamespace = authority['namespace'] !== undefined;
  if (isCluster === hasNamespace) return [];
  const message = isCluster
    ? 'caProvider of a ClusterSecretStore without a namespace'
    : 'caProvider of a SecretStore with a namespace';
  const remedy = isCluster ? 'Say in which namespace it is.' : 'Leave the namespace out.';
  return [{ manifest, pointer: joinPointer(pointer, 'caProvider'), message, remedy }];
}

function checkInfisical(manifest: Manifest, infisical: JsonObject | undefined): Finding[] {
  if (infisical === undefined) return [];
  const at = `${PROVIDER}/infisical`;
  const scope = readObject(infisical, 'secretsScope');
  const keys = readObject(readObject(infisical, 'auth'), 'universalAuthCredentials');
  const missing = [
    ...['projectSlug', 'environmentSlug']
      .filter((name) => readName(scope, name) === undefined)
      .map((name) => `${at}/secretsScope/${name}`),
    ...['clientId', 'clientSecret']
      .filter((name) => keys !== undefined && readName(readObject(keys, name), 'key') === undefined)
      .map((name) => `${at}/auth/universalAuthCredentials/${name}/key`),
  ];
  const message = "empty: the operator's webhook refuses it";
  return missing.map((pointer) => ({ manifest, pointer, message, remedy: 'Give it a value.' }));
}

function checkFake(manifest: Manifest, fake: JsonObject | undefined): Finding[] {
  return readObjects(fake, 'data').flatMap(({ item, index }) =>
    ['key', 'value']
      .filter((name) => readName(item, name) === undefined)
      .map((name) => ({
        manifest,
        pointer: joinPointer(joinPointer(`${PROVIDER}/fake/data`, index), name),
        message: "empty: the operator's webhook refuses it",
        remedy: 'Give it a value.',
      })),
  );
}
