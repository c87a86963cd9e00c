import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoEntry } from './go-program.js';
import type { ToolchainOptions } from './toolchain-options.js';

/** Release of Kubernetes that test clusters are made of. */
export const KUBERNETES_VERSION = '1.35.4';

/** The programs of a cluster; each is a link to the one file that holds them all. */
export const KUBE_PROGRAM_NAMES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubeadm',
  'kubectl',
  'kubelet',
] as const;

export type KubeProgramName = (typeof KUBE_PROGRAM_NAMES)[number];

export interface KubePrograms {
  /** Of Kubernetes, without the leading `v`. etcd has its own. */
  version: string;
  /** Holds a program under each of `KUBE_PROGRAM_NAMES`. */
  folder: string;
  /** Absolute path of each. */
  paths: Readonly<Record<KubeProgramName, string>>;
}

/**
 * Gives the programs of a cluster, built from their sources into the cache the first time: some minutes.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensureKubePrograms(options: ToolchainOptions = {}): Promise<KubePrograms> {
  const folder = await buildGoEntry({
    ...options,
    name: 'kube',
    version: KUBERNETES_VERSION,
    folder: fileURLToPath(new URL('../../harness/toolchain/go/kube', import.meta.url)),
    ldflags: stampVersion(KUBERNETES_VERSION),
    expectedCpuSeconds: 480,
    complete: {
      key: KUBE_PROGRAM_NAMES.join(),
      fill: async (draft) => {
        await Promise.all(KUBE_PROGRAM_NAMES.map(async (name) => await symlink('kube', join(draft, name))));
      },
    },
  });
  const paths = Object.fromEntries(KUBE_PROGRAM_NAMES.map((name) => [name, join(folder, name)]));
  return { version: KUBERNETES_VERSION, folder, paths: paths as KubePrograms['paths'] };
}

// Without it they say v0.0.0-master and refuse each other. Both packages are asked by one program or another.
function stampVersion(version: string): string[] {
  const [major = '', minor = ''] = version.split('.');
  const stamps = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((target) =>
    Object.entries(stamps).map(([variable, value]) => `-X=${target}.${variable}=${value}`),
  );
}
