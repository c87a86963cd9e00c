import { join } from 'node:path';
import { KUBERNETES_VERSION } from '../kube-programs.js';
import { makeOnce } from '../make-once.js';
import { completeOptions, type ToolchainOptions } from '../toolchain-options.js';
import { assembleNodeImage, NODE_ARCHIVE } from './assemble-node-image.js';
import { ensureNodeImageParts, nameNodeImage } from './node-image-parts.js';

/** An image of a kind node that no registry was asked for. */
export interface AssembledNodeImage {
  /** File that `docker load` takes, compressed. */
  archive: string;
  /** Name by which the engine knows it then. Another content, another name. */
  image: string;
  /** Without the leading `v`. */
  kubernetesVersion: string;
}

export interface EnsureNodeImageOptions extends ToolchainOptions {
  /** Installs missing packages of this machine. Default: only in CI. */
  installHostPackages?: boolean | undefined;
}

/**
 * Gives the image of a kind node, assembled on this machine the first time, into the cache: a minute, after the
 * programs in it have been built. No Docker engine is needed. For one node, as root, and without volumes: where the
 * official image can be pulled, that is better.
 *
 * @throws SluiceError as `buildGoProgram` and `assembleNodeImage`.
 */
export async function ensureNodeImage(options: EnsureNodeImageOptions = {}): Promise<AssembledNodeImage> {
  const complete = completeOptions(options);
  const { onProgress, signal, cacheFolder } = complete;
  const parts = await ensureNodeImageParts(complete);
  const folder = await makeOnce({
    folder: join(cacheFolder, 'node-images', `v${KUBERNETES_VERSION}-${parts.key}`),
    onWait: () => onProgress?.('waiting for another process that assembles the image of a node'),
    ...(signal ? { signal } : {}),
    make: async (draft) => await assembleNodeImage({ ...complete, parts, draft }),
  });
  return {
    archive: join(folder, NODE_ARCHIVE),
    image: nameNodeImage(parts),
    kubernetesVersion: KUBERNETES_VERSION,
  };
}
