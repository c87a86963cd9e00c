import type { DockerEngine } from '../docker/docker-engine.js';
import { SluiceError } from '../errors.js';
import { OFFICIAL_OPERATOR_IMAGE } from '../platform/operator-image.js';
import { pullImage } from '../platform/pull-image.js';
import { STORE_IMAGE } from '../platform/store-container.js';
import { OFFICIAL_NODE_IMAGE } from '../toolchain/kind-program.js';
import type { ToolchainOptions } from '../toolchain/toolchain-options.js';
import type { KindPrograms } from './kind-programs.js';

/** An image that the engine has, or an archive of it that is loaded. */
export interface LoadableImage {
  reference: string;
  archive?: string | undefined;
}

/** What a cluster is started with. */
export interface KindImages {
  node: LoadableImage;
  /** To be loaded into the node. */
  operator: LoadableImage;
  sealedSecrets: LoadableImage | undefined;
  /** Whether the parameter store's image is there; else it runs as a process. */
  store: boolean;
}

export interface ChooseImagesOptions extends ToolchainOptions {
  engine: DockerEngine;
  programs: KindPrograms;
  /** Image of the node that is insisted on. */
  nodeImage: string | undefined;
  /** Makes the image of the node where none can be pulled. */
  makeNodeImage: () => Promise<LoadableImage>;
}

/**
 * Chooses images: those that are published where the engine has them or can pull them, else those that are made here.
 *
 * @throws SluiceError `NODE_IMAGE_MISSING`, exit code 3, and the errors of making one.
 */
export async function chooseKindImages(options: ChooseImagesOptions): Promise<KindImages> {
  const { engine, programs } = options;
  const node = await chooseNodeImage(options);
  const { archive: made } = node;
  // What the registry of the node's image could not give, others will not either: not worth a minute each.
  const pulls = !engine.owned && made === undefined;
  const operator = pulls && (await pullImage(engine, OFFICIAL_OPERATOR_IMAGE, options));
  const { image } = programs.operator;
  const { sealedSecrets } = programs;
  return {
    node,
    operator: operator
      ? { reference: OFFICIAL_OPERATOR_IMAGE }
      : { reference: image.reference, archive: image.file },
    sealedSecrets: sealedSecrets && {
      reference: sealedSecrets.image.reference,
      archive: sealedSecrets.image.file,
    },
    store: pulls && (await pullImage(engine, STORE_IMAGE, options)),
  };
}

async function chooseNodeImage(options: ChooseImagesOptions): Promise<LoadableImage> {
  const { engine, nodeImage, makeNodeImage } = options;
  const reference = nodeImage ?? OFFICIAL_NODE_IMAGE;
  if (await pullImage(engine, reference, options)) return { reference };
  if (nodeImage === undefined) return await makeNodeImage();
  throw new SluiceError({
    code: 'NODE_IMAGE_MISSING',
    message: `node image ${nodeImage}: the Docker engine neither has it nor can pull it`,
    remedy: `See what the engine says: docker pull ${nodeImage}`,
    exitCode: 3,
  });
}
