/**
 * How strict a Kubernetes release is about the names of variables.
 *
 * `strict` (before 1.32): letters, digits, `-`, `_`, `.`, not starting with a digit, nor `..`, and not `.` alone.
 * `relaxed` (1.32 and later): any printable ASCII but `=`. Source: KEP-4369, apimachinery `IsEnvVarName` and
 * `IsRelaxedEnvVarName`.
 */
export type EnvNameRule = 'strict' | 'relaxed';

/** The first Kubernetes minor release whose kubelet passes every key of an `envFrom` source on to the process. */
const FIRST_WITHOUT_SKIPPING = 30;
const FIRST_RELAXED = 32;

/** The rule that the API server of a Kubernetes release (`1.34`, `v1.34.2`) applies; undefined: the newest. */
export function selectEnvNameRule(kubernetesVersion?: string | undefined): EnvNameRule {
  return readMinor(kubernetesVersion) < FIRST_RELAXED ? 'strict' : 'relaxed';
}

/** True where the kubelet leaves out `envFrom` keys that are no valid names, with an event (before 1.30). */
export function skipsInvalidEnvFromNames(kubernetesVersion?: string | undefined): boolean {
  return readMinor(kubernetesVersion) < FIRST_WITHOUT_SKIPPING;
}

/** True when the API server accepts the name for a variable. */
export function isEnvName(name: string, rule: EnvNameRule): boolean {
  if (rule === 'relaxed') return /^[\x20-\x3c\x3e-\x7e]+$/u.test(name);
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/u.test(name) && name !== '.' && !name.startsWith('..');
}

/** True when a shell can use the name: `A-Z`, `a-z`, `0-9`, `_`, no digit first. Some shells drop all others. */
export function isShellName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/u.test(name);
}

/** True when ConfigMaps and Secrets accept the key (`IsConfigMapKey`). */
export function isDataKey(key: string): boolean {
  return /^[-._a-zA-Z0-9]{1,253}$/u.test(key) && key !== '.' && !key.startsWith('..');
}

function readMinor(kubernetesVersion: string | undefined): number {
  const minor = /^v?1\.(\d+)/u.exec(kubernetesVersion ?? '')?.[1];
  return minor === undefined ? Number.POSITIVE_INFINITY : Number(minor);
}
