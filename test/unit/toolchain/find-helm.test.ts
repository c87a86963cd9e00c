import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findHelm } from '../../../harness/toolchain/find-helm.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

async function makeHelm(version: string): Promise<{ folder: string; path: string }> {
  const folder = await makeTempFolder();
  const path = join(folder, 'helm');
  await writeFile(path, `#!/bin/sh\necho "${version}"\n`);
  await chmod(path, 0o755);
  return { folder, path };
}

test('the helm that SLUICE_HELM names is used, whatever is on PATH', async () => {
  const cacheFolder = await makeTempFolder();
  const onPath = await makeHelm('v4.2.0');
  const named = await makeHelm('v3.18.1');
  const helm = await findHelm({ cacheFolder, env: { PATH: onPath.folder, SLUICE_HELM: named.path } });
  expect(helm).toMatchObject({ path: named.path, version: '3.18.1', origin: 'SLUICE_HELM' });
});

test('a new enough helm on PATH is used and nothing is fetched', async () => {
  const cacheFolder = await makeTempFolder();
  const { folder, path } = await makeHelm('v3.17.0');
  const helm = await findHelm({ cacheFolder, env: { PATH: `/nowhere:${folder}` } });
  expect(helm).toMatchObject({ path, version: '3.17.0', origin: 'PATH' });
  expect(await readdir(cacheFolder)).toEqual([]);
});

test('a named helm that is too old is refused with both versions and where to get another', async () => {
  const cacheFolder = await makeTempFolder();
  const { path } = await makeHelm('v3.16.4');
  await expect(findHelm({ cacheFolder, env: { SLUICE_HELM: path } })).rejects.toMatchObject({
    code: 'HELM_TOO_OLD',
    exitCode: 3,
    message: `helm ${path}: version 3.16.4 is older than 3.17.0\nnamed by SLUICE_HELM\nInstall Helm 3.17 or newer (https://helm.sh/docs/intro/install/), or name one in SLUICE_HELM.`,
  });
});

test('a named helm that is not there is refused', async () => {
  const cacheFolder = await makeTempFolder();
  await expect(findHelm({ cacheFolder, env: { SLUICE_HELM: '/nowhere/helm' } })).rejects.toMatchObject({
    code: 'HELM_NOT_FOUND',
    exitCode: 3,
  });
});

test('a program that tells no version is refused with what it printed', async () => {
  const cacheFolder = await makeTempFolder();
  const { path } = await makeHelm('hello');
  await expect(findHelm({ cacheFolder, env: { SLUICE_HELM: path } })).rejects.toMatchObject({
    code: 'HELM_BROKEN',
    evidence: 'it printed "hello\\n"',
  });
});

test('a shim is asked for its version every time, because what it starts can change', async () => {
  const cacheFolder = await makeTempFolder();
  const { path } = await makeHelm('v3.18.0');
  const env = { SLUICE_HELM: path };
  expect(await findHelm({ cacheFolder, env })).toMatchObject({ version: '3.18.0' });
  await writeFile(path, '#!/bin/sh\necho v4.0.0\n');
  expect(await findHelm({ cacheFolder, env })).toMatchObject({ version: '4.0.0' });
});
