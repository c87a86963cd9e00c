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

/** What a render needs that only one of the engines has. */
export interface EngineNeeds {
  /** True where `lookup` is to find something. */
  lookups: boolean;
  /** True where what is hit is counted: `auto` is then the library, built if need be, unless a helm was named. */
  coverage: boolean;
}

/**
 * Chooses what renders.
 *
 * `auto` takes the binary wherever somebody named one: by `context.helm`, `context.run` or `SLUICE_HELM`.
 *
 * @throws SluiceError as `findHelm`, for `library` as `ensureHelmEngine`, and `LOOKUPS_NEED_LIBRARY`, exit code 2.
 */
export async function chooseEngine(
  context: RenderContext,
  needs: EngineNeeds = { lookups: false, coverage: false },
): Promise<ChosenEngine> {
  const { engine = 'auto' } = context;
  if (needs.lookups && engine === 'binary') throw refuseLookups();
  if (engine === 'library' || needs.lookups || (needs.coverage && engine === 'auto' && !namesHelm(context)))
    return { kind: 'library', program: await findLibrary(context) };
  const library = engine === 'auto' ? await findLibraryFor(context) : undefined;
  if (library !== undefined) return { kind: 'library', program: library };
  return { kind: 'binary', program: context.helm ?? (await findSharedHelm(context)) };
}

async function findLibraryFor(context: RenderContext): Promise<HelmEngineProgram | undefined> {
  if (namesHelm(context)) return undefined;
  const { env = process.env } = context;
  const library = await shareBuilt(context);
  if (library === undefined || (await findProgram('helm', env)) === undefined) return library;
  const { version } = await findSharedHelm(context);
  return version === HELM_ENGINE_VERSION ? library : undefined;
}

function namesHelm({ env = process.env, helm, run }: RenderContext): boolean {
  return helm !== undefined || run !== undefined || Boolean(env['SLUICE_HELM']);
}

function refuseLookups(): SluiceError {
  return new SluiceError({
    code: 'LOOKUPS_NEED_LIBRARY',
    message: 'lookups: helm template asks no cluster, so the binary engine has nothing to find them by',
    remedy: 'Render with the library engine (--engine library), or leave lookups out.',
    exitCode: 2,
  });
}

const libraries = new Map<string, Promise<HelmEngineProgram>>();
const builtLibraries = new Map<string, Promise<HelmEngineProgram | undefined>>();
const helms = new Map<string, Promise<Helm>>();

/**
 * The library engine, looked for once a process and built where it is not there.
 *
 * @throws SluiceError as `ensureHelmEngine`.
 */
export async function findLibrary(context: RenderContext): Promise<HelmEngineProgram> {
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
