import { CommandError, SluiceError } from '../errors.js';

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /no space left on device/u,
    'Free some space, or set TMPDIR to a folder on another disk: an engine with a cluster needs 3 GB.',
  ],
  [
    /overlay|driver not supported|graphdriver/u,
    'Set TMPDIR to a folder on a disk with ext4, xfs or btrfs: images cannot be kept on what is there now.',
  ],
  [
    /cannot make namespaces|operation not permitted|permission denied/iu,
    'Run as root of the machine: in a container that takes --privileged.',
  ],
  [
    /iptables|nf_tables|netfilter/u,
    'The kernel must have netfilter (modules ip_tables or nf_tables, br_netfilter): see what iptables -L says.',
  ],
  [
    /cgroup/u,
    'Control groups must be mounted at /sys/fs/cgroup and writable: in a container that takes --privileged.',
  ],
];

/** What a start of our own engine ended with, in words that help. */
export function describeEngineFailure(error: unknown, logLines: readonly string[]): unknown {
  if (!(error instanceof CommandError) && !(error instanceof SluiceError && error.code === 'NOT_IN_TIME')) {
    return error;
  }
  const telling = logLines.filter((line) => /level=(?:error|fatal)|^failed|^docker-host/u.test(line));
  const evidence = (telling.length > 0 ? telling : logLines).slice(-8).join('\n');
  const remedy = REMEDIES.find(([pattern]) => pattern.test(evidence))?.[1];
  return new SluiceError({
    code: 'DOCKER_ENGINE_FAILED',
    message: 'Docker engine of a cluster’s own: did not start',
    evidence: evidence || error.message,
    ...(remedy === undefined ? {} : { remedy }),
    exitCode: 3,
    cause: error,
  });
}
