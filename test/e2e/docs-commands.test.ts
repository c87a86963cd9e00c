import { cp, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../harness/exec/run-command.js';
import { SecretValue } from '../../harness/manifest/secret-value.js';
import { openStore } from '../../harness/store/open-store.js';
import type { ValueStore } from '../../harness/store/value-store.js';
import { SLUICE } from '../helpers/compiled.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { useSharedCluster } from './support/shared.js';

const PAGES = ['docs/contract.md', 'docs/run.md', 'docs/iam.md'];

/** What the pages speak of: the parameter of the sample application in production. */
const PARAMETER = '/platform/my-app/prod/app';
const SECRETS = {
  DB_HOST: 'postgres.example.com',
  DB_USER: 'app_user',
  DB_PASSWORD: 'canary-0123456789abcdef',
  DB_NAME: 'my_app',
  REDIS_URL: 'redis://cache.example.com:6379',
  JWT_SECRET: 'canary-0123456789abcdef0123456789abcdef',
};

let store: ValueStore;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  const { parameterStore } = await useSharedCluster();
  const { endpointUrl, region, credentials } = parameterStore;
  store = await openStore(parameterStore);
  await store.put(PARAMETER, new SecretValue(JSON.stringify(SECRETS)));
  env = {
    ...process.env,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
  };
});
afterAll(async () => {
  await store.delete(PARAMETER);
  store.close();
});

async function listCommands(page: string): Promise<string[]> {
  const text = await readFile(page, 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gmu)].map(([, body = '']) => body);
  return blocks.flatMap((block) => block.split('\n').filter((line) => line.startsWith('npx sluice ')));
}

/** A folder as a reader of the pages has it. */
async function makeProject(): Promise<string> {
  const folder = await makeTempFolder();
  for (const name of ['chart', 'values', 'docs', 'sluice.yaml']) {
    await cp(resolve(name), join(folder, name), { recursive: true });
  }
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

const npx = `npx() { shift; '${process.execPath}' '${SLUICE}' "$@"; }`;

for (const page of PAGES) {
  const commands = await listCommands(page);
  describe(`every command of ${page} works as it stands there`, () => {
    it('and there is one', () => expect(commands).not.toEqual([]));

    it.each(commands)('%s', async (command) => {
      const cwd = await makeProject();
      const { stdout, stderr } = await runCommand('bash', ['-euc', `${npx}\n${command}`], { cwd, env });
      expect(stdout + stderr).not.toContain('canary');
    });
  });
}
