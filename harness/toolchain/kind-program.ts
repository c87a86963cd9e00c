import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coerce, gte } from 'semver';
import { CommandError } from '../errors.js';
import { runCommand } from '../exec/run-command.js';
import { findProgram } from './find-program.js';
import { buildGoEntry } from './go-program.js';
import { copyWritable, findModuleFolder } from './module-files.js';
import { identifyProgram } from './program-identity.js';
import { completeOptions, type ToolchainOptions } from './toolchain-options.js';

/** Release of kind that is built where none is found. */
export const KIND_VERSION = '0.33.0';

/** The oldest kind on PATH that is used. */
export const MINIMUM_KIND_VERSION = '0.30.0';

/** The node image that kind of this release makes nodes of, as its module says it (pkg/apis/config/defaults). */
export const OFFICIAL_NODE_IMAGE =
  'kindest/node:v1.37.0@sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5';

/** The node images that were published with kind of this release, by Kubernetes version. Source: its release notes. */
export const OFFICIAL_NODE_IMAGES: Readonly<Record<string, string>> = {
  '1.34': 'kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d',
  '1.35': 'kindest/node:v1.35.8@sha256:07b2536e30b803ed61d1677a79df6115f798ce64c80f9e22f6ed45afd09323c0',
  '1.36': 'kindest/node:v1.36.4@sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed',
  '1.37': OFFICIAL_NODE_IMAGE,
};

/** A kind that can be run. */
export interface KindProgram {
  /** Absolute path. */
  path: string;
  /** Without the leading `v`. */
  version: string;
  source: 'PATH' | 'cache';
}

/** kind of the pinned release, and what it makes images of nodes from. */
export interface PinnedKind {
  path: string;
  version: string;
  /** Files that its images of nodes have over those of Debian. */
  nodeFiles: string;
}

/**
 * Finds a kind of version 0.30 or newer on PATH; else gives the pinned one, built from its sources into the cache the
 * first time: some minutes.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensureKindProgram(options: ToolchainOptions = {}): Promise<KindProgram> {
  const complete = completeOptions(options);
  const found = await findProgram('kind', complete.env);
  if (found !== undefined) {
    const version = await askVersion(found, complete);
    if (version !== undefined && gte(version, MINIMUM_KIND_VERSION)) {
      return { path: found, version, source: 'PATH' };
    }
    const what =
      version === undefined ? 'does not tell its version' : `is older than ${MINIMUM_KIND_VERSION}`;
    options.onProgress?.(`kind ${version ?? found} on PATH ${what}: taking another`);
  }
  const { path, version } = await ensurePinnedKind(options);
  return { path, version, source: 'cache' };
}

const MODULE = 'sigs.k8s.io/kind';
const NODE_FILES = 'images/base/files';

/**
 * Gives kind of the pinned release, whatever is on PATH.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensurePinnedKind(options: ToolchainOptions = {}): Promise<PinnedKind> {
  const source = fileURLToPath(new URL('../../harness/toolchain/go/kind', import.meta.url));
  const folder = await buildGoEntry({
    ...options,
    name: 'kind',
    version: KIND_VERSION,
    folder: source,
    expectedCpuSeconds: 90,
    complete: {
      key: NODE_FILES,
      fill: async (draft, go) => {
        const module = await findModuleFolder({ ...options, module: MODULE, folder: source, go });
        await copyWritable(join(module, NODE_FILES), join(draft, 'node-files'));
      },
    },
  });
  return { path: join(folder, 'kind'), version: KIND_VERSION, nodeFiles: join(folder, 'node-files') };
}

type CompleteOptions = ReturnType<typeof completeOptions>;

async function askVersion(path: string, options: CompleteOptions): Promise<string | undefined> {
  const { run = runCommand, signal, cacheFolder, env } = options;
  try {
    const { version } = await identifyProgram(path, {
      cacheFolder,
      askVersion: async (program) => {
        const settings = { env, timeoutMs: 30_000, ...(signal ? { signal } : {}) };
        return (await run(program, ['version', '--quiet'], settings)).stdout.trim();
      },
    });
    return coerce(version, { includePrerelease: true })?.version;
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
