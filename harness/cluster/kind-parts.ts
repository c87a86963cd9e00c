import type { DockerEngine } from '../docker/docker-engine.js';
import { SluiceError } from '../errors.js';
import { RELOADER_IMAGE } from '../platform/install-reloader.js';
import { ensureOperatorChart } from '../platform/operator-chart.js';
import {
  ensureOperatorImage,
  ensureProgramImage,
  OFFICIAL_OPERATOR_IMAGE,
} from '../platform/operator-image.js';
import { pullImage } from '../platform/pull-image.js';
import type { PreparedStoreProgram } from '../platform/start-parameter-store.js';
import { STORE_IMAGE } from '../platform/store-container.js';
import {
  type ExternalSecretsFiles,
  ensureExternalSecrets,
  ensureExternalSecretsFiles,
} from '../toolchain/external-secrets-program.js';
import { ensureKindProgram, OFFICIAL_NODE_IMAGE, OFFICIAL_NODE_IMAGES } from '../toolchain/kind-program.js';
import { KUBERNETES_VERSION } from '../toolchain/kube-programs.js';
import { ensureNodeImage } from '../toolchain/node-image/ensure-node-image.js';
import { ensureSealedSecrets } from '../toolchain/sealed-secrets-program.js';
import type { ToolchainOptions } from '../toolchain/toolchain-options.js';
import type { ClusterStep } from './cluster.js';
import { prepareStore } from './embedded-programs.js';

/** An image that the engine has, or an archive of it that is loaded. */
export interface LoadableImage {
  reference: string;
  archive?: string | undefined;
}

/** Everything that a kind cluster is made of, beside the Docker engine. */
export interface KindParts {
  /** Path of kind. */
  kind: string;
  node: LoadableImage;
  operator: Pick<ExternalSecretsFiles, 'version' | 'crdBundle'> & ChartedImage;
  /** Its program; undefined where the engine has its image. */
  store: PreparedStoreProgram | undefined;
  sealedSecrets: ({ version: string } & ChartedImage) | undefined;
  /** Undefined where its image cannot be pulled. */
  reloader: LoadableImage | undefined;
}

/** What is installed by a chart, and the one image of it. */
export interface ChartedImage {
  /** Folder of the chart. */
  chart: string;
  image: LoadableImage;
}

export interface EnsureKindPartsOptions extends Omit<ToolchainOptions, 'onProgress'> {
  /** The engine of this machine; undefined where one will be started, which has nothing and pulls nothing. */
  engine: DockerEngine | undefined;
  /** Image of the node that is insisted on. */
  nodeImage?: string | undefined;
  /** Sealed Secrets too. Default false. */
  sealedSecrets?: boolean | undefined;
  /** Installs packages of this machine that making an image needs. Default: only in CI. */
  installHostPackages?: boolean | undefined;
  onStep?: ((step: ClusterStep) => void) | undefined;
}

/**
 * Gives the parts: published images where the engine has them or can pull them, else what is found in the cache or
 * built into it: minutes the first time.
 *
 * @throws SluiceError `NODE_IMAGE_MISSING`, or of the part that can't be had; exit code 3.
 */
export async function ensureKindParts(options: EnsureKindPartsOptions): Promise<KindParts> {
  const { onStep, ...rest } = options;
  const report = (subject: string): EnsurePartOptions => ({
    ...rest,
    onProgress: (text) => onStep?.({ subject, state: 'preparing', text }),
  });
  // One after the other: each build uses every core there is.
  const kind = await ensureKindProgram(report('kind'));
  const node = await ensureNode(report('node'));
  const operator = await ensureOperator(report('external-secrets'));
  return {
    kind: kind.path,
    node,
    operator,
    store: await ensureStore(report('parameter-store')),
    sealedSecrets: options.sealedSecrets ? await ensureSealing(report('sealed-secrets')) : undefined,
    reloader: await findReloader(report('reloader')),
  };
}

type EnsurePartOptions = Omit<EnsureKindPartsOptions, 'onStep'> & ToolchainOptions;

async function ensureNode(options: EnsurePartOptions): Promise<LoadableImage> {
  const { engine, nodeImage } = options;
  const reference =
    nodeImage === undefined ? OFFICIAL_NODE_IMAGE : (OFFICIAL_NODE_IMAGES[nodeImage] ?? nodeImage);
  const insist = nodeImage !== undefined;
  if (engine !== undefined && (await pullImage(engine, reference, { ...options, insist })))
    return { reference };
  // What is assembled here is of one version.
  if (nodeImage !== undefined && !KUBERNETES_VERSION.startsWith(`${nodeImage}.`))
    throw nodeImageMissing(nodeImage);
  const { image, archive } = await ensureNodeImage(options);
  return { reference: image, archive };
}

async function ensureOperator(options: EnsurePartOptions): Promise<KindParts['operator']> {
  const { engine } = options;
  if (engine !== undefined && (await pullImage(engine, OFFICIAL_OPERATOR_IMAGE, options))) {
    const { version, crdBundle, ...files } = await ensureExternalSecretsFiles(options);
    const chart = await ensureOperatorChart({ version, crdBundle, ...files }, options);
    return { version, crdBundle, chart, image: { reference: OFFICIAL_OPERATOR_IMAGE } };
  }
  const program = await ensureExternalSecrets(options);
  const { version, crdBundle } = program;
  const chart = await ensureOperatorChart(program, options);
  const { reference, file } = await ensureOperatorImage(program, options);
  return { version, crdBundle, chart, image: { reference, archive: file } };
}

async function ensureStore(options: EnsurePartOptions): Promise<PreparedStoreProgram | undefined> {
  const { engine } = options;
  if (engine !== undefined && (await pullImage(engine, STORE_IMAGE, options))) return undefined;
  return await prepareStore(options);
}

async function ensureSealing(options: EnsurePartOptions): Promise<KindParts['sealedSecrets']> {
  const { path, version, chartFolder } = await ensureSealedSecrets(options);
  const program = { name: 'sealed-secrets-controller', version, path };
  const { reference, file } = await ensureProgramImage(program, options);
  return { version, chart: chartFolder, image: { reference, archive: file } };
}

async function findReloader(options: EnsurePartOptions): Promise<LoadableImage | undefined> {
  const { engine } = options;
  const has = engine !== undefined && (await pullImage(engine, RELOADER_IMAGE, options));
  return has ? { reference: RELOADER_IMAGE } : undefined;
}

function nodeImageMissing(nodeImage: string): SluiceError {
  return new SluiceError({
    code: 'NODE_IMAGE_MISSING',
    message: `node image ${nodeImage}: the Docker engine neither has it nor can pull it`,
    remedy: `See what the engine says: docker pull ${nodeImage}`,
    exitCode: 3,
  });
}
