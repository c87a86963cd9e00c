import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a cluster's parts know each other by: made for this cluster alone, in files of mode 0600. */
export interface ClusterCredentials {
  adminToken: string;
  controllerManagerToken: string;
  files: {
    /** Who has which token. */
    tokens: string;
    /** Signs the tokens of service accounts. */
    serviceAccountKey: string;
    serviceAccountPublicKey: string;
    /** How Secrets are encrypted before etcd gets them, and with which key. */
    encryption: string;
  };
}

/** Makes the credentials of a cluster and writes them below `folder`. */
export async function createCredentials(folder: string): Promise<ClusterCredentials> {
  const place = join(folder, 'credentials');
  await mkdir(place, { mode: 0o700 });
  const adminToken = makeToken();
  const controllerManagerToken = makeToken();
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const files = {
    tokens: join(place, 'tokens.csv'),
    serviceAccountKey: join(place, 'service-account.key'),
    serviceAccountPublicKey: join(place, 'service-account.pub'),
    encryption: join(place, 'encryption.json'),
  };
  const texts = {
    tokens: formatTokens({ adminToken, controllerManagerToken }),
    serviceAccountKey: privateKey,
    serviceAccountPublicKey: publicKey,
    encryption: formatEncryption(randomBytes(32)),
  };
  await Promise.all(
    (Object.keys(files) as (keyof typeof files)[]).map(
      async (name) => await writeFile(files[name], texts[name], { mode: 0o600, flag: 'wx' }),
    ),
  );
  return { adminToken, controllerManagerToken, files };
}

function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

function formatTokens({
  adminToken,
  controllerManagerToken,
}: Pick<ClusterCredentials, 'adminToken' | 'controllerManagerToken'>): string {
  return [
    `${adminToken},sluice-admin,sluice-admin,"system:masters"`,
    `${controllerManagerToken},system:kube-controller-manager,system:kube-controller-manager`,
    '',
  ].join('\n');
}

// JSON is YAML. No `identity` at the end: a Secret that is not encrypted would be an error, not a silent exception.
function formatEncryption(key: Buffer): string {
  return JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [
      {
        resources: ['secrets'],
        providers: [{ secretbox: { keys: [{ name: 'key1', secret: key.toString('base64') }] } }],
      },
    ],
  });
}
