import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureCoredns } from '../coredns-program.js';
import { hashFolder } from '../hash-folder.js';
import { ensurePinnedKind } from '../kind-program.js';
import { ensureKubePrograms, KUBERNETES_VERSION } from '../kube-programs.js';
import { ensurePause } from '../pause-program.js';
import type { ToolchainOptions } from '../toolchain-options.js';

/** Release of Debian that a node is made of. */
export const NODE_SUITE = 'bookworm';

/** Packages of a node beside the essential ones: what kind's own image has of them, as far as one node needs it. */
export const NODE_PACKAGES = [
  'conntrack',
  'containerd',
  'containernetworking-plugins',
  'ethtool',
  'iproute2',
  'iptables',
  'jq',
  'kmod',
  'libseccomp2',
  'nftables',
  'procps',
  'runc',
  'systemd',
] as const;

/** Changes when what is done with the parts changes. */
const RECIPE = 3;

/** Everything that the image of a node is made of, beside Debian's packages. */
export interface NodeImageParts {
  /** Says all of it: another key, another image. */
  key: string;
  /** Folder with our scripts and files. */
  recipe: string;
  /** kind's own files of a node. */
  kindFiles: string;
  /** The program that holds all of Kubernetes. */
  kube: string;
  kubeadm: string;
  coredns: string;
  pause: string;
}

/**
 * Gives the parts, built from their sources the first time: several minutes.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensureNodeImageParts(options: ToolchainOptions): Promise<NodeImageParts> {
  // One after the other: each build uses every core there is.
  const kind = await ensurePinnedKind(options);
  const pause = await ensurePause(options);
  const kube = await ensureKubePrograms(options);
  const coredns = await ensureCoredns(options);
  const recipe = fileURLToPath(new URL('../../../harness/toolchain/node', import.meta.url));
  const programs = [kind.path, pause, kube.paths.kubelet, coredns].map((path) => basename(dirname(path)));
  const made = [RECIPE, process.arch, NODE_SUITE, ...NODE_PACKAGES, ...programs, await hashFolder(recipe)];
  return {
    key: createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 12),
    recipe,
    kindFiles: kind.nodeFiles,
    kube: kube.paths.kubelet,
    kubeadm: kube.paths.kubeadm,
    coredns,
    pause,
  };
}

/** Name of the image that is made of these parts. */
export function nameNodeImage({ key }: NodeImageParts): string {
  return `kindest/node:v${KUBERNETES_VERSION}-sluice-${key}`;
}
