import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StartedCluster } from '../../harness/cluster/cluster.js';
import { KubeClient } from '../../harness/kube/kube-client.js';
import type { ObjectReference } from '../../harness/kube/resource-paths.js';
import { waitForCondition } from '../../harness/kube/wait-for-condition.js';
import type { JsonObject, KubernetesObject } from '../../harness/manifest/manifest.js';
import { isJsonObject } from '../../harness/manifest/manifest.js';
import { makeNamespace } from './support/namespace.js';
import { openParameters, putParameter } from './support/parameters.js';
import { installRelease, renderRelease, uninstallRelease } from './support/release.js';
import { useSharedCluster } from './support/shared.js';
import { provideStaticKeys, staticStoreValues } from './support/static-store.js';

const API = 'external-secrets.io/v1';
const SYNCED_WITHIN_MS = 20_000;

let cluster: StartedCluster;
let client: KubeClient;
beforeAll(async () => {
  cluster = await useSharedCluster();
  client = new KubeClient(cluster.connection);
});
afterAll(() => client.close());

/** Members of the stored JSON, as they are written there and as the environment must have them. */
function listMembers(): { key: string; json: string; text: string }[] {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const texts: Record<string, string> = {
    DATABASE_URL: 'postgresql://app:p%40ss@db.example.com:5432/shop?sslmode=require',
    TLS_KEY: privateKey,
    UNICODE: 'Grüße, 世界 🔑 \u00a0\u2028\u2029',
    QUOTES: `'single' "double" \`back\` \\ \\n $HOME $(HOME) $\${HOME} %s #no {{ .no }} <&>`,
    CONTROL: 'tab\tcarriage\r\nline\nbell\u0007end',
    SPACES: '  both ends  ',
    NEWLINE: '\n',
    EMPTY: '',
    TRUE_TEXT: 'true',
    NULL_TEXT: 'null',
    LEADING_ZEROS: '007',
    JSON_TEXT: '{"a": [1, 2]}',
  };
  const others: [string, string, string][] = [
    ['INTEGER', '10000000', '10000000'],
    ['BEYOND_DOUBLE', '12345678901234567890', '12345678901234567890'],
    ['DECIMAL', '1.10', '1.10'],
    ['EXPONENT', '1e3', '1e3'],
    ['BOOLEAN', 'false', 'false'],
    ['NULL', 'null', ''],
    [
      'NESTED',
      '{"host": "db.example.com", "ports": [5432, 5433]}',
      '{"host": "db.example.com", "ports": [5432, 5433]}',
    ],
    ['LIST', '["a", "b"]', '["a", "b"]'],
  ];
  return [
    ...Object.entries(texts).map(([key, text]) => ({ key, text, json: JSON.stringify(text) })),
    ...others.map(([key, json, text]) => ({ key, json, text })),
  ];
}

test('every key of a JSON parameter reaches the Secret byte for byte, and nothing drifts', async () => {
  const namespace = await makeNamespace(client);
  await provideStaticKeys(cluster, client, namespace);
  const members = listMembers();
  await putParameter(openParameters(cluster.parameterStore), {
    name: '/platform/shop/staging/app',
    value: `{${members.map(({ key, json }) => `${JSON.stringify(key)}: ${json}`).join(',\n')}}`,
  });
  const release = {
    name: 'shop',
    namespace,
    values: {
      environment: 'staging',
      image: { repository: 'registry.example.com/shop', tag: '1.0.0' },
      config: { LOG_LEVEL: 'info', LIMIT: 10000000 },
      ...staticStoreValues(cluster),
      externalSecrets: { external: { path: '/{system}/{app}/{environment}/app' } },
    },
  };
  await installRelease(cluster, release);

  const reference = { apiVersion: API, kind: 'ExternalSecret', name: 'shop-external', namespace };
  await waitForCondition(client, reference, {
    type: 'Ready',
    timeoutMs: SYNCED_WITHIN_MS,
    signal: cluster.signal,
  });
  expect(await readSecret({ ...reference, apiVersion: 'v1', kind: 'Secret' })).toEqual(
    Object.fromEntries(members.map(({ key, text }) => [key, text])),
  );

  for (const rendered of await renderRelease(release)) {
    if (!['ExternalSecret', 'SecretStore', 'ConfigMap'].includes(rendered.kind)) continue;
    const live = await client.read({ ...rendered, ...rendered.metadata, namespace });
    expect(stripServerFields(live!)).toEqual(stripServerFields(rendered));
  }

  await uninstallRelease(cluster, release);
  expect(await client.list({ apiVersion: API, kind: 'ExternalSecret', namespace })).toEqual([]);
});

async function readSecret(reference: ObjectReference): Promise<Record<string, string>> {
  const secret = await client.read(reference);
  return Object.fromEntries(
    Object.entries(secret?.['data'] as Record<string, string>).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  );
}

// What the server, Helm and the operator add to any object, whatever it says.
function stripServerFields({ metadata, status: _status, ...rest }: KubernetesObject): JsonObject {
  const { name, labels } = metadata;
  const ours = isJsonObject(labels) ? labels : {};
  return { ...rest, metadata: { name, labels: { ...ours, 'app.kubernetes.io/managed-by': 'Helm' } } };
}
