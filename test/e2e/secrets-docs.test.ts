import { cp, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../../harness/exec/run-command.js';
import { openStore } from '../../harness/store/open-store.js';
import { SLUICE } from '../helpers/compiled.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { useSharedCluster } from './support/shared.js';

const PAGE = 'docs/secrets.md';
/** One of its own: stores keep regions apart, and the page names parameters that other tests have, too. */
const REGION = 'eu-central-1';
const FILES = {
  '.env.staging': "DB_HOST=db.example.com\nDB_PASSWORD='canary-Staging 1'\n",
  '.env.prod': 'DB_HOST=db.example.com\nDB_PASSWORD=canary-Prod-1\n',
  '.env.dev': 'DATABASE_URL=postgresql://app:canary@db.example.com/app\nOPENAI_API_KEY=canary-key-1\n',
  '.env': 'APP_ENV=development\n',
  'jwt_private_key.pem': '-----BEGIN CANARY-----\ncanary\n-----END CANARY-----\n',
};

const npx = `npx() { shift; '${process.execPath}' '${SLUICE}' "$@"; }`;
const sections = (await readFile(PAGE, 'utf8'))
  .split(/^## /mu)
  .map((text) => ({
    title: text.split('\n')[0] ?? '',
    blocks: [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gmu)],
  }))
  .filter(({ blocks }) => blocks.length > 0);

describe(`the recipes of ${PAGE} work as they stand there`, () => {
  test('and there are some', () => expect(sections.length).toBeGreaterThan(2));

  // Each is a dozen processes, one after the other.
  test.for(sections.map(({ title, blocks }) => [title, blocks] as const))(
    '%s',
    { timeout: 240_000 },
    async ([, blocks]) => {
      const { parameterStore } = await useSharedCluster();
      const folder = await makeTempFolder(FILES);
      for (const name of ['chart', 'values', 'sluice.yaml']) {
        await cp(resolve(name), join(folder, name), { recursive: true });
      }
      await symlink(resolve('node_modules'), join(folder, 'node_modules'));
      const { credentials } = parameterStore;
      const env = {
        ...process.env,
        AWS_ENDPOINT_URL: parameterStore.endpointUrl,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
      };
      const script = blocks.map(([, body = '']) => body).join('\n');
      try {
        const { stdout, stderr } = await runCommand('bash', ['-euo', 'pipefail', '-c', `${npx}\n${script}`], {
          cwd: folder,
          env,
        });
        expect(stdout + stderr).not.toContain('canary');
      } finally {
        await removeAll({ ...parameterStore, region: REGION });
      }
    },
  );
});

async function removeAll(endpoint: Parameters<typeof openStore>[0]): Promise<void> {
  for (const [service, path] of [
    ['ParameterStore', '/'],
    ['SecretsManager', 'devplatform'],
  ] as const) {
    const store = await openStore(endpoint, service);
    for (const { name } of await store.list(path)) await store.delete(name);
    store.close();
  }
}
