import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import {
  EXTERNAL_SECRETS_VERSION,
  type ExternalSecretsProgram,
} from '../toolchain/external-secrets-program.js';
import { makeOnce } from '../toolchain/make-once.js';
import { completeOptions, type ToolchainOptions } from '../toolchain/toolchain-options.js';
import { type ImageArchive, type ImageContent, writeImageArchive } from './image-archive.js';

/** Repository of images that are made here; no registry has it. */
const LOCAL_REPOSITORY = 'sluice.local';

/** The operator's image as it is published. */
export const OFFICIAL_OPERATOR_IMAGE = `oci.external-secrets.io/external-secrets/external-secrets:v${EXTERNAL_SECRETS_VERSION}`;

/** Where Go looks for the authorities that it trusts. */
const AUTHORITIES = 'etc/ssl/certs/ca-certificates.crt';

/** A program that needs nothing but itself, as an image. */
export interface ProgramImage {
  /** Last part of the image's name, and of the program's path in it. */
  name: string;
  version: string;
  /** Statically linked. */
  path: string;
}

/** Gives the operator's image, made of the program that was built here. */
export async function ensureOperatorImage(
  { path, version }: ExternalSecretsProgram,
  options: ToolchainOptions = {},
): Promise<ImageArchive> {
  return await ensureProgramImage({ name: 'external-secrets', version, path }, options);
}

/** Gives an image of a program and the authorities that Node trusts, in the cache; written once. */
export async function ensureProgramImage(
  { name, version, path }: ProgramImage,
  options: ToolchainOptions = {},
): Promise<ImageArchive> {
  const { cacheFolder, onProgress } = completeOptions(options);
  const content: ImageContent = {
    reference: `${LOCAL_REPOSITORY}/${name}:v${version}`,
    files: [
      { path: `usr/local/bin/${name}`, source: { file: path }, mode: 0o755 },
      { path: AUTHORITIES, source: { content: `${rootCertificates.join('\n')}\n` } },
    ],
    folders: [{ path: 'tmp', mode: 0o1777 }],
    config: { entrypoint: [`/usr/local/bin/${name}`], user: '65532:65532' },
  };
  // The program's path holds the digest of what it was built from.
  const key = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
  const images = join(cacheFolder, 'images');
  await mkdir(images, { recursive: true });
  const folder = await makeOnce({
    folder: join(images, `${name}-${version}-${key}`),
    onWait: () => onProgress?.(`waiting for another process that makes the image of ${name}`),
    make: async (draft) => {
      onProgress?.(`making the image of ${name} ${version} (once)`);
      await writeImageArchive(join(draft, 'image.tar'), content);
    },
  });
  return { file: join(folder, 'image.tar'), reference: content.reference };
}
