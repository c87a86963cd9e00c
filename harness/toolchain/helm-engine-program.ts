import { fileURLToPath } from 'node:url';
import { buildGoProgram, findBuiltGoProgram, type GoProgram } from './go-program.js';
import { identifyProgram } from './program-identity.js';
import { completeOptions, type ToolchainOptions } from './toolchain-options.js';

/** Release of Helm whose library the engine is made of: that of the helm taken where there is none. */
export const HELM_ENGINE_VERSION = '4.1.4';

/** The library engine: Helm's own code in a program that renders again and again. */
export interface HelmEngineProgram {
  /** Absolute path. */
  path: string;
  /** Of Helm, without the leading `v`. */
  version: string;
  /** SHA-256 of the program, in hex. */
  digest: string;
}

// What charts can print of the helm that renders them, as its published program tells it.
const RELEASE = { commit: '05fa37973dc9e42b76e1d2883494c87174b6074f', goVersion: 'go1.25.9' };

const program: GoProgram = {
  name: 'helm-engine',
  version: HELM_ENGINE_VERSION,
  folder: fileURLToPath(new URL('../../harness/toolchain/go/helm-engine', import.meta.url)),
  ldflags: [
    `-X=helm.sh/helm/v4/internal/version.version=v${HELM_ENGINE_VERSION}`,
    `-X=helm.sh/helm/v4/internal/version.gitCommit=${RELEASE.commit}`,
    '-X=helm.sh/helm/v4/internal/version.gitTreeState=clean',
    `-X=main.goVersion=${RELEASE.goVersion}`,
  ],
  expectedCpuSeconds: 130,
};

/**
 * Gives the library engine, built from its sources into the cache the first time: a minute or two.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensureHelmEngine(options: ToolchainOptions = {}): Promise<HelmEngineProgram> {
  return await identify(await buildGoProgram({ ...options, ...program }), options);
}

/** The library engine where it is in the cache already; undefined elsewhere. */
export async function findBuiltHelmEngine(
  options: ToolchainOptions = {},
): Promise<HelmEngineProgram | undefined> {
  const path = await findBuiltGoProgram({ ...options, ...program });
  return path === undefined ? undefined : await identify(path, options);
}

async function identify(path: string, options: ToolchainOptions): Promise<HelmEngineProgram> {
  const { cacheFolder } = completeOptions(options);
  const identity = await identifyProgram(path, { cacheFolder, askVersion: async () => HELM_ENGINE_VERSION });
  return { path, ...identity };
}
