import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, SluiceError } from '../../errors.js';
import { type RunCommandOptions, runCommand } from '../../exec/run-command.js';
import { type HostPrograms, requireHostPackages } from '../host-packages.js';
import { KUBERNETES_VERSION } from '../kube-programs.js';
import type { ToolchainOptions } from '../toolchain-options.js';
import { type ArchiveTools, writeDockerArchive, writeOciArchive } from './image-archive.js';
import { NODE_PACKAGES, NODE_SUITE, type NodeImageParts, nameNodeImage } from './node-image-parts.js';

export interface AssembleOptions extends ToolchainOptions {
  parts: NodeImageParts;
  /** Folder to work in; what is in it besides the archive is gone in the end. */
  draft: string;
  /** Installs missing packages of this machine. Default: only in CI. */
  installHostPackages?: boolean | undefined;
}

/** Name of the archive in the draft. */
export const NODE_ARCHIVE = 'node.tar.gz';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const HOST_PROGRAMS = ['debootstrap', KEYRING, 'tar', 'unshare', 'zstd'] as const;

// Namespaces of its own, so that nothing stays mounted or running where a step is killed.
const APART = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];

/**
 * Assembles the image of a node: Debian's packages, kind's files over them, and the images of a control plane in its
 * containerd.
 *
 * @throws SluiceError `ROOT_NEEDED`, `HOST_PACKAGES_MISSING`, `HOST_PACKAGES_FAILED`, `NODE_IMAGE_FAILED` with the
 * words of the step that failed; exit code 3.
 */
export async function assembleNodeImage(options: AssembleOptions): Promise<void> {
  requireRoot();
  const { draft, installHostPackages: install, ...rest } = options;
  const host = await requireHostPackages(HOST_PROGRAMS, { ...rest, install });
  const assembly = new Assembly(options, host);
  try {
    await assembly.fetchPackages();
    await assembly.makeRoot();
    await assembly.addImages();
    await assembly.pack();
  } catch (error) {
    throw error instanceof CommandError ? describeFailure(error) : error;
  }
  await rm(assembly.root, { recursive: true });
}

class Assembly {
  readonly root: string;
  readonly #options: AssembleOptions;
  readonly #host: HostPrograms<(typeof HOST_PROGRAMS)[number]>;

  constructor(options: AssembleOptions, host: HostPrograms<(typeof HOST_PROGRAMS)[number]>) {
    this.root = join(options.draft, 'root');
    this.#options = options;
    this.#host = host;
  }

  async fetchPackages(): Promise<void> {
    const { debootstrap } = this.#host.paths;
    let configured = 0;
    const count = (line: string): void => {
      if (!/^I: (?:Retrieving|Unpacking|Configuring) /u.test(line)) return;
      configured += 1;
      if (configured % 50 === 1) this.#tell(`Debian’s packages, step ${configured} of about 400`);
    };
    const args = [
      '--variant=minbase',
      '--force-check-gpg',
      `--keyring=${KEYRING}`,
      `--include=${NODE_PACKAGES.join()}`,
      NODE_SUITE,
      this.root,
    ];
    // What it does it tells on standard output, and nobody listens there.
    await this.#runApart(['sh', '-c', 'exec "$@" >&2', 'sh', debootstrap, ...args], { onErrorLine: count });
  }

  async makeRoot(): Promise<void> {
    this.#tell('what kind and Kubernetes put over them');
    const { parts } = this.#options;
    const env = { KIND_FILES: parts.kindFiles, OWN_FILES: join(parts.recipe, 'root') };
    await this.#runScript('make-root.sh', { env: { ...env, KUBERNETES_VERSION } });
  }

  async addImages(): Promise<void> {
    this.#tell('the images of a control plane');
    const archives = [await this.#makeKubeImage(), await this.#makePauseImage()];
    await this.#runScript('import-images.sh', { args: archives });
    for (const archive of archives) await rm(archive);
  }

  async pack(): Promise<void> {
    const { draft, parts } = this.#options;
    this.#tell('packing');
    const workFolder = join(draft, 'pack');
    await writeDockerArchive(
      join(draft, NODE_ARCHIVE),
      {
        folder: this.root,
        workFolder,
        names: [nameNodeImage(parts)],
        config: {
          Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'container=docker'],
          Entrypoint: ['/usr/local/bin/entrypoint', '/sbin/init'],
          StopSignal: 'SIGRTMIN+3',
        },
      },
      this.#tools,
    );
    await rm(workFolder, { recursive: true });
  }

  async #makeKubeImage(): Promise<string> {
    const { draft, parts } = this.#options;
    const folder = join(draft, 'kube-image');
    await this.#runScript('make-kube-image.sh', { env: { IMAGE: folder, COREDNS: parts.coredns } });
    const archive = join(draft, 'kube-image.tar');
    const config = { Entrypoint: ['/coredns'], Env: ['PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] };
    const names = await this.#listKubeImages();
    await writeOciArchive(archive, { folder, names, config, workFolder: `${folder}.work` }, this.#tools);
    await rm(folder, { recursive: true });
    return archive;
  }

  async #makePauseImage(): Promise<string> {
    const { draft, parts } = this.#options;
    const folder = join(draft, 'pause-image');
    await mkdir(folder);
    await copyFile(parts.pause, join(folder, 'pause'));
    const archive = join(draft, 'pause-image.tar');
    const config = { Entrypoint: ['/pause'], User: '65535:65535' };
    const names = [await this.#readPauseImage()];
    await writeOciArchive(archive, { folder, names, config, workFolder: `${folder}.work` }, this.#tools);
    await rm(folder, { recursive: true });
    return archive;
  }

  /** Those that kubeadm asks for, but the one that has a name of containerd's. */
  async #listKubeImages(): Promise<string[]> {
    const { parts, run = runCommand } = this.#options;
    const args = ['config', 'images', 'list', `--kubernetes-version=v${KUBERNETES_VERSION}`];
    const { stdout } = await run(parts.kubeadm, args, this.#settings);
    return stdout
      .trim()
      .split('\n')
      .filter((name) => !name.includes('/pause:'));
  }

  async #readPauseImage(): Promise<string> {
    const config = await readFile(join(this.root, 'etc', 'containerd', 'config.toml'), 'utf8');
    const name = /^\s*sandbox_image = "([^"]+)"/mu.exec(config)?.[1];
    if (name === undefined) throw new Error('containerd’s configuration names no sandbox image');
    return name;
  }

  async #runScript(
    name: string,
    { args = [], env = {} }: { args?: string[]; env?: NodeJS.ProcessEnv },
  ): Promise<void> {
    const { parts } = this.#options;
    const own = { ROOT: this.root, KUBE: parts.kube, ...env };
    const settings = { env: { ...this.#settings.env, ...own } };
    await this.#runApart(['sh', join(parts.recipe, name), ...args], settings);
  }

  async #runApart(command: readonly string[], settings: RunCommandOptions): Promise<void> {
    const { run = runCommand } = this.#options;
    await run(this.#host.paths.unshare, [...APART, ...command], { ...this.#settings, ...settings });
  }

  get #settings(): RunCommandOptions {
    const { signal } = this.#options;
    const env = { ...this.#host.env, LC_ALL: 'C.UTF-8' };
    return { env, group: true, ...(signal ? { signal } : {}) };
  }

  get #tools(): ArchiveTools {
    const { tar, zstd } = this.#host.paths;
    return { run: this.#options.run ?? runCommand, settings: this.#settings, tar, zstd };
  }

  #tell(what: string): void {
    this.#options.onProgress?.(`assembling the image of a node: ${what} (once)`);
  }
}

function requireRoot(): void {
  if (process.platform === 'linux' && process.getuid?.() === 0) return;
  throw new SluiceError({
    code: 'ROOT_NEEDED',
    message: 'image of a node: only root of a Linux machine can assemble one',
    remedy: 'Run as root, or where kindest/node can be pulled.',
    exitCode: 3,
  });
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/no space left on device/iu, 'Free some space, or set SLUICE_CACHE to another disk: 2 GB are needed.'],
  [/noexec or nodev/u, 'Set SLUICE_CACHE to a folder on a disk that is mounted without noexec and nodev.'],
  [
    /download|Failed getting release file|Temporary failure|resolv|connect/iu,
    'Debian’s packages have to be fetched once: check that http://deb.debian.org can be reached, by http_proxy where one is needed.',
  ],
  [/signature|keyring/iu, 'The packages are not signed by Debian: see what the proxy between gives instead.'],
];

function describeFailure(error: CommandError): SluiceError {
  const lines = error.stderr.trim().split('\n');
  const telling = lines.filter((line) => !line.startsWith('I: '));
  const evidence = (telling.length > 0 ? telling : lines).slice(-15).join('\n') || error.shortMessage;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(evidence))?.[1];
  return new SluiceError({
    code: 'NODE_IMAGE_FAILED',
    message: 'image of a node: cannot be assembled',
    evidence,
    remedy: remedy ?? `The step that failed: ${error.commandLine}`,
    exitCode: 3,
    cause: error,
  });
}
