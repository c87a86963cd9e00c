import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCredentials } from '../../../harness/cluster/credentials.js';
import {
  formatKubeconfig,
  readOwnKubeconfig,
  writeKubeconfig,
} from '../../../harness/cluster/write-kubeconfig.js';
import { readKubeconfig } from '../../../harness/kube/kube-connection.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const ENTRY = {
  name: 'sluice-test',
  server: 'https://127.0.0.1:21000',
  ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  token: 'a-token',
};

test('every cluster has credentials of its own, readable by their owner alone', async () => {
  const folders = await Promise.all([makeTempFolder(), makeTempFolder()]);
  const [first, second] = await Promise.all(folders.map(createCredentials));
  expect(first!.adminToken).not.toBe(second!.adminToken);
  expect(first!.adminToken).not.toBe(first!.controllerManagerToken);
  expect(first!.adminToken.length).toBeGreaterThanOrEqual(43);
  const texts = await Promise.all(
    [first!, second!].map(async ({ files }) => await readFile(files.encryption, 'utf8')),
  );
  expect(texts[0]).not.toBe(texts[1]);
  for (const folder of folders) {
    expect((await stat(join(folder, 'credentials'))).mode & 0o777).toBe(0o700);
    for (const name of await readdir(join(folder, 'credentials'))) {
      expect((await stat(join(folder, 'credentials', name))).mode & 0o777).toBe(0o600);
    }
  }
});

test('the key that checks service account tokens belongs to the key that signs them', async () => {
  const { files } = await createCredentials(await makeTempFolder());
  const derived = createPublicKey(createPrivateKey(await readFile(files.serviceAccountKey, 'utf8')));
  const written = createPublicKey(await readFile(files.serviceAccountPublicKey, 'utf8'));
  expect(derived.equals(written)).toBe(true);
});

test('Secrets are encrypted without exception', async () => {
  const { files } = await createCredentials(await makeTempFolder());
  const { resources } = JSON.parse(await readFile(files.encryption, 'utf8')) as {
    resources: [{ resources: string[]; providers: Record<string, unknown>[] }];
  };
  expect(resources[0].resources).toEqual(['secrets']);
  expect(resources[0].providers.flatMap((provider) => Object.keys(provider))).toEqual(['secretbox']);
});

test('a kubeconfig leads every reader to the same server, with its authority and its token', async () => {
  const path = join(await makeTempFolder(), 'kubeconfig');
  await writeKubeconfig(path, ENTRY);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const { connection, context, namespace } = await readKubeconfig({ path });
  expect({ context, namespace }).toEqual({ context: 'sluice-test', namespace: 'default' });
  for (const one of [connection, await readOwnKubeconfig(path)]) {
    expect(one.server).toBe(ENTRY.server);
    const options: { ca?: unknown; headers?: unknown } = {};
    await one.prepare(options as Parameters<typeof one.prepare>[0]);
    expect(String(options.ca)).toBe(ENTRY.ca);
    expect(options.headers).toMatchObject({ Authorization: 'Bearer a-token' });
  }
});

test('a context that is not there is refused, and those that are there are listed', async () => {
  const path = join(await makeTempFolder({ kubeconfig: formatKubeconfig(ENTRY) }), 'kubeconfig');
  await expect(readKubeconfig({ path, context: 'prod' })).rejects.toMatchObject({
    code: 'CONTEXT_UNKNOWN',
    exitCode: 2,
    evidence: expect.stringContaining('sluice-test'),
  });
});

test('a kubeconfig that is not there or is none is refused', async () => {
  const folder = await makeTempFolder({ broken: '{' });
  for (const name of ['missing', 'broken']) {
    await expect(readKubeconfig({ path: join(folder, name) })).rejects.toMatchObject({
      code: 'KUBECONFIG_UNREADABLE',
    });
  }
});

test('only the context that is used leaves a kubeconfig', async () => {
  const one = JSON.parse(formatKubeconfig(ENTRY)) as Record<string, unknown[]>;
  const other = JSON.parse(
    formatKubeconfig({ ...ENTRY, name: 'prod', token: 'another-token' }),
  ) as typeof one;
  const both = { ...one };
  for (const key of ['clusters', 'users', 'contexts']) both[key] = [...one[key]!, ...other[key]!];
  const path = join(await makeTempFolder({ kubeconfig: JSON.stringify(both) }), 'kubeconfig');
  const { exported } = await readKubeconfig({ path, context: 'sluice-test' });
  expect(exported).toContain('a-token');
  expect(exported).not.toContain('another-token');
});
