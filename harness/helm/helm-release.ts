import { dirname, join } from 'node:path';
import { CommandError } from '../errors.js';
import { type RunCommand, runCommand } from '../exec/run-command.js';
import type { JsonObject, Manifest } from '../manifest/manifest.js';
import { parseManifests } from '../manifest/parse-manifests.js';
import { findHelm, type Helm } from '../toolchain/find-helm.js';
import { buildStandardInput } from './build-arguments.js';
import { explainRenderFailure } from './render-error.js';

/** Where releases are: a cluster by its kubeconfig, and one namespace of it. */
export interface ReleasePlace {
  /** `StartedCluster.kubeconfig`. Helm's own files are put beside it. */
  kubeconfig: string;
  namespace: string;
  /** Default: `findHelm()`. */
  helm?: Helm | undefined;
  run?: RunCommand | undefined;
  signal?: AbortSignal | undefined;
}

export interface InstallOptions {
  /** Folder, or `oci://…`. */
  chart: string;
  /** Of a chart in a registry. Default: the newest. */
  version?: string;
  release: string;
  valuesFiles?: readonly string[];
  /** They win over the files. They travel by standard input. */
  values?: JsonObject;
  /** Waits until the release's pods are ready, or its hooks have ended, and fails after this long. Default: no wait. */
  waitMs?: number;
}

/** A revision of a release as Helm has installed it. */
export interface InstalledRelease {
  release: string;
  namespace: string;
  revision: number;
  durationMs: number;
}

/**
 * Installs a chart, or upgrades the release of that name: `helm upgrade --install`.
 *
 * @throws the errors of rendering where that fails, else CommandError `INSTALL_FAILED` with Helm's words.
 */
export async function installRelease(
  place: ReleasePlace,
  { chart, version, release, valuesFiles = [], values, waitMs }: InstallOptions,
): Promise<InstalledRelease> {
  const input = values === undefined ? undefined : buildStandardInput({ chart, values });
  const args = [
    ...['upgrade', release, chart, '--install', '--output', 'json'],
    ...(version === undefined ? [] : ['--version', version]),
    ...valuesFiles.flatMap((file) => ['--values', file]),
    ...(input === undefined ? [] : ['--values', '-']),
    ...(waitMs === undefined ? [] : ['--wait', '--timeout', `${Math.ceil(waitMs / 1000)}s`]),
  ];
  try {
    const { stdout, durationMs } = await runHelm(place, args, { input, errorCode: 'INSTALL_FAILED' });
    return { release, namespace: place.namespace, revision: readRevision(stdout), durationMs };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const explained = explainRenderFailure(error, chart);
    throw explained.code === 'HELM_FAILED' ? error : explained;
  }
}

/** Goes back to an earlier revision, as a new one. Default: the one before. */
export async function rollBackRelease(
  place: ReleasePlace,
  release: string,
  revision?: number,
): Promise<void> {
  const args = ['rollback', release, ...(revision === undefined ? [] : [String(revision)])];
  await runHelm(place, args, { errorCode: 'ROLLBACK_FAILED' });
}

/** Takes a release away and waits until its objects are gone; false where there is none. */
export async function uninstallRelease(place: ReleasePlace, release: string): Promise<boolean> {
  const args = ['uninstall', release, '--wait', '--ignore-not-found'];
  const { stdout } = await runHelm(place, args, { errorCode: 'UNINSTALL_FAILED' });
  return stdout.includes('uninstalled');
}

/** What Helm rendered for a revision and sent to the API server, hooks left out. Default: the newest. */
export async function readReleaseManifests(
  place: ReleasePlace,
  release: string,
  revision?: number,
): Promise<Manifest[]> {
  const args = [
    ...['get', 'manifest', release],
    ...(revision === undefined ? [] : ['--revision', String(revision)]),
  ];
  return parseManifests((await runHelm(place, args)).stdout);
}

/** A revision in a release's history. */
export interface ReleaseRevision {
  revision: number;
  /** Helm's own word: `deployed`, `failed`, `superseded`, `pending-upgrade` … */
  status: string;
}

/** Every revision that Helm keeps, oldest first. */
export async function readReleaseHistory(place: ReleasePlace, release: string): Promise<ReleaseRevision[]> {
  const { stdout } = await runHelm(place, ['history', release, '--output', 'json']);
  return (JSON.parse(stdout) as ReleaseRevision[]).map(({ revision, status }) => ({ revision, status }));
}

interface HelmCallOptions {
  input?: string | undefined;
  errorCode?: string;
}

async function runHelm(
  place: ReleasePlace,
  args: readonly string[],
  { input, errorCode }: HelmCallOptions = {},
) {
  const { run = runCommand, kubeconfig, namespace, signal } = place;
  const helm = place.helm ?? (await findHelm(signal === undefined ? {} : { signal }));
  return await run(helm.path, [...args, '--namespace', namespace, '--kubeconfig', kubeconfig], {
    env: buildEnvironment(dirname(kubeconfig)),
    ...(input === undefined ? {} : { input }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Nothing of the user's own Helm counts here, and nothing is left in the user's folders. */
function buildEnvironment(folder: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:HELM_|KUBE)/u.test(name));
  return {
    ...Object.fromEntries(own),
    HELM_CACHE_HOME: join(folder, 'helm', 'cache'),
    HELM_CONFIG_HOME: join(folder, 'helm', 'config'),
    HELM_DATA_HOME: join(folder, 'helm', 'data'),
    KUBECACHEDIR: join(folder, 'helm', 'discovery'),
    GOGC: 'off',
    GOMEMLIMIT: '1GiB',
  };
}

function readRevision(json: string): number {
  return (JSON.parse(json) as { version: number }).version;
}
