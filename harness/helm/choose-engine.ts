import { SluiceError } from '../errors.js';
import { findCacheFolder } from '../toolchain/cache-folder.js';
import { findHelm, type Helm } from '../toolchain/find-helm.js';
import { findProgram } from '../toolchain/find-program.js';
import {
  ensureHelmEngine,
  findBuiltHelmEngine,
  HELM_ENGINE_VERSION,
  type HelmEngineProgram,
} from '../toolchain/helm-engine-program.js';
import type { RenderContext } from './render-chart.js';

/**
 * What renders: `binary` is `helm template`, `library` the same code kept running in a program that is built once;
 * `auto` is the library where it is built already and of the version of the helm that would be used.
 */
export type EngineChoice = 'auto' | 'binary' | 'library';

/** An engine that was chosen. Both have a version and the digest of their program. */
export type ChosenEngine =
  | { kind: 'binary'; program: Helm }
  | { kind: 'library'; program: HelmEngineProgram };

/**
 * Chooses what renders.
 *
 * `auto` takes the binary wherever somebody named one: by `context.helm`, `context.run` or `SLUICE_HELM`.
 *
 * @throws SluiceError as `findHelm`, and for `library` as `ensureHelmEngine`.
 */
export async function chooseEngine(context: RenderContext): Promise<ChosenEngine> {
  const { engine = 'auto' } = context;
  if (engine === 'library') return { kind: 'library', program: await shareLibrary(context) };
  const library = engine === 'auto' ? await findLibraryFor(context) : undefined;
  if (library !== undefined) return { kind: 'library', program: library };
  return { kind: 'binary', program: context.helm ?? (await findSharedHelm(context)) };
}

async function findLibraryFor(context: RenderContext): Promise<HelmEngineProgram | undefined> {
  const { env = process.env, helm, run } = context;
  if (helm !== undefined || run !== undefined || env['SLUICE_HELM']) return undefined;
  const library = await shareBuilt(context);
  if (library === undefined || (await findProgram('helm', env)) === undefined) return library;
  const { version } = await findSharedHelm(context);
  return version === HELM_ENGINE_VERSION ? library : undefined;
}

const libraries = new Map<string, Promise<HelmEngineProgram>>();
const builtLibraries = new Map<string, Promise<HelmEngineProgram | undefined>>();
const helms = new Map<string, Promise<Helm>>();

async function shareLibrary(context: RenderContext): Promise<HelmEngineProgram> {
  const options = chooseToolchainOptions(context);
  return await share(libraries, options.cacheFolder, async () => await ensureHelmEngine(options));
}

async function shareBuilt(context: RenderContext): Promise<HelmEngineProgram | undefined> {
  const options = chooseToolchainOptions(context);
  return await share(builtLibraries, options.cacheFolder, async () => {
    // A cache that cannot be read is no reason not to render: the binary says what is wrong with it.
    return await findBuiltHelmEngine(options).catch((error: unknown) => {
      if (error instanceof SluiceError) return undefined;
      throw error;
    });
  });
}

/**
 * The helm of this environment, looked for once a process.
 *
 * @throws SluiceError as `findHelm`.
 */
export async function findSharedHelm(context: RenderContext): Promise<Helm> {
  const options = chooseToolchainOptions(context);
  const { env, cacheFolder } = options;
  const key = JSON.stringify([env['SLUICE_HELM'], env['PATH'], cacheFolder]);
  return await share(helms, key, async () => await findHelm(options));
}

async function share<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const shared = known.get(key);
  if (shared !== undefined) return await shared;
  const search = find();
  known.set(key, search);
  search.catch(() => known.delete(key));
  return await search;
}

function chooseToolchainOptions({ env = process.env, cacheFolder, signal, onProgress }: RenderContext) {
  return {
    env,
    cacheFolder: cacheFolder ?? findCacheFolder(env),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}
