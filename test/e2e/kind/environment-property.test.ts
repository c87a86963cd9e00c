import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { SluiceError } from '../../../harness/errors.js';
import { waitUntil } from '../../../harness/exec/wait-until.js';
import { renderChart } from '../../../harness/helm/render-chart.js';
import type { ContainerEnvironment } from '../../../harness/manifest/container-environment.js';
import { effectiveEnv } from '../../../harness/manifest/effective-env.js';
import type { JsonObject, Manifest } from '../../../harness/manifest/manifest.js';
import type { KnownContent } from '../../../harness/manifest/object-content.js';
import { formatPodTrouble, listPodTroubles } from '../../../harness/secrets/pod-state.js';
import { readStoreContent } from '../../../harness/secrets/store-content.js';
import { waitForSync } from '../../../harness/secrets/wait-for-sync.js';
import { CHART } from '../support/release.js';
import type { Scenario } from '../support/scenario.js';
import { compareProcess } from './support/compare-process.js';
import { buildCrowd, type Member } from './support/crowd.js';
import { EXISTING, NOBODYS, type ValuesCase, valuesCases } from './support/generate-values.js';
import { POD_VALUES, type Pods, readPhase, test } from './support/pods.js';

const FILES = 100;
const CROWDS = 6;

describe('the environment of processes', () => {
  test(`is what is told of it beforehand, for ${FILES} values files`, async ({ scenario, pods }) => {
    const store = await renderStore(scenario);
    await applyAll(scenario, store);
    const releases = await scenario.step('rendered', async () => await drawReleases(scenario));
    await scenario.step('synced', async () => {
      await Promise.all(releases.map(async (release) => await provide(scenario, release)));
    });
    const told = (
      await Promise.all(releases.map(async (release) => await foretell(scenario, release, store)))
    ).flat();
    await scenario.step(`${told.length} containers ran`, async () => await runCrowds(pods, told));
    const differences = await scenario.step('compared', async () => await findDifferences(pods, told));
    expect(differences).toEqual([]);
  }, 240_000);
});

interface Release {
  name: string;
  drawn: ValuesCase;
  manifests: readonly Manifest[];
  /** What is there already. */
  existing: readonly Manifest[];
}

interface Told {
  /** Of the container among all others. */
  name: string;
  release: Release;
  environment: ContainerEnvironment;
}

/** As many releases as are wanted, of the values files that the chart takes. */
async function drawReleases(scenario: Scenario): Promise<Release[]> {
  const drawn = await Promise.all(
    fc.sample(valuesCases, FILES * 2).map(async (one, at) => await renderCase(scenario, one, `c${at}`)),
  );
  const releases = drawn.filter((one) => one !== undefined).slice(0, FILES);
  expect(releases).toHaveLength(FILES);
  return releases;
}

async function renderCase(scenario: Scenario, drawn: ValuesCase, name: string): Promise<Release | undefined> {
  const { secretStoreRef, system } = scenario.baseValues();
  const values = JSON.parse(JSON.stringify(drawn.values).replaceAll(EXISTING, `${name}-other`)) as JsonObject;
  try {
    const { manifests } = await renderChart({
      chart: CHART,
      release: name,
      namespace: scenario.namespace,
      noHooks: true,
      values: {
        ...POD_VALUES,
        ...{ system: system ?? '', environment: 'dev', secretStoreRef: secretStoreRef ?? {} },
        ...{ service: { enabled: false }, serviceAccount: { create: false } },
        ...values,
      },
    });
    return { name, drawn, manifests, existing: buildExisting(drawn, name) };
  } catch (error) {
    // What the chart refuses, it refuses before anything runs.
    if (error instanceof SluiceError && error.code === 'TEMPLATE_FAILED') return undefined;
    throw error;
  }
}

function buildExisting({ existing }: ValuesCase, name: string): Manifest[] {
  if (existing === undefined) return [];
  const { kind, data } = existing;
  const metadata = { name: `${name}-other` };
  const object = { apiVersion: 'v1', kind, metadata, [kind === 'Secret' ? 'stringData' : 'data']: data };
  return [{ object, source: { template: '', index: 0, line: 1 }, text: '' }];
}

async function renderStore(scenario: Scenario): Promise<Manifest[]> {
  const values = { ...scenario.baseValues(), deployment: { enabled: false }, tests: { enabled: false } };
  const { namespace } = scenario;
  const { manifests } = await renderChart({ chart: CHART, release: 'store', namespace, values });
  return manifests.filter(({ object }) => object.kind === 'SecretStore');
}

const APPLIED = new Set(['ConfigMap', 'Secret', 'ExternalSecret', 'SecretStore']);

async function applyAll({ client, namespace }: Scenario, manifests: readonly Manifest[]): Promise<void> {
  const objects = manifests.map(({ object }) => object).filter(({ kind }) => APPLIED.has(kind));
  await Promise.all(
    objects.map(
      async (object) => await client.apply({ ...object, metadata: { ...object.metadata, namespace } }),
    ),
  );
}

/** Makes everything that a release's containers read, and waits until the operator has done its part. */
async function provide(scenario: Scenario, { name, drawn, manifests, existing }: Release): Promise<void> {
  const { client, namespace, cluster } = scenario;
  await Promise.all(
    Object.entries(drawn.documents).map(
      async ([key, document]) => await scenario.put(`dev/${name}/${key}`, document),
    ),
  );
  await applyAll(scenario, [...existing, ...manifests]);
  const written = manifests.filter(({ object }) => object.kind === 'ExternalSecret');
  await Promise.all(
    written.map(async ({ object }) => {
      const options = { timeoutMs: 90_000, intervalMs: 1000, signal: cluster.signal };
      await waitForSync(client, { namespace, name: object.metadata.name }, options);
    }),
  );
}

async function foretell(scenario: Scenario, release: Release, store: readonly Manifest[]): Promise<Told[]> {
  const { namespace, parameters, cluster } = scenario;
  const manifests = [...release.manifests, ...release.existing, ...store];
  const content = await readStoreContent(manifests, { namespace, storeOf: () => parameters });
  const known: KnownContent = {
    ...content,
    configMap: (object) => (object.name === NOBODYS ? 'absent' : content.configMap?.(object)),
    secret: (object) => (object.name === NOBODYS ? 'absent' : content.secret?.(object)),
  };
  const options = { namespace, known, kubernetesVersion: cluster.kubernetesVersion };
  return effectiveEnv(manifests, options).map((environment, at) => ({
    name: `${release.name}-${at}-${environment.container}`,
    release,
    environment,
  }));
}

function nameCrowd(at: number): string {
  return `crowd-${at % CROWDS}`;
}

/** Runs every container once, in a few pods, to its end. */
async function runCrowds({ scenario }: Pods, told: readonly Told[]): Promise<void> {
  const { client, namespace, cluster } = scenario;
  const crowds = new Map<string, Member[]>();
  for (const [at, { name, environment }] of told.entries()) {
    const { workload, pointer } = environment;
    const container = workload.containers.find((one) => one.pointer === pointer)!;
    const members = crowds.get(nameCrowd(at)) ?? [];
    crowds.set(nameCrowd(at), [...members, { name, workload, container }]);
  }
  await Promise.all(
    [...crowds].map(async ([name, members]) => {
      await client.apply(buildCrowd(name, namespace, members));
      await waitUntil(
        async () => {
          const pod = await client.read({ apiVersion: 'v1', kind: 'Pod', name, namespace });
          if (pod === undefined) throw new Error('there is none');
          const phase = readPhase(pod);
          if (phase === 'Succeeded' || phase === 'Failed') return;
          throw new Error([phase, ...listPodTroubles(pod).map(formatPodTrouble)].join('; '));
        },
        {
          what: `pod ${name}: to have ended`,
          timeoutMs: 180_000,
          intervalMs: 500,
          signal: cluster.signal,
        },
      );
    }),
  );
}

/** What was told wrong, with the values file that shows it. */
async function findDifferences(pods: Pods, told: readonly Told[]) {
  const { seed } = fc.readConfigureGlobal();
  const found = await Promise.all(
    told.map(async ({ name, environment, release }, at) => {
      const report = await pods.report(nameCrowd(at), name);
      const unlike = [...compareProcess(report, environment), ...listWronglyOpen(environment)];
      return unlike.length === 0 ? [] : [{ name, unlike, seed, ...release.drawn }];
    }),
  );
  return found.flat();
}

// What is known only at run time is what values read from the pod, what Kubernetes says of itself, and what is made of it.
function listWronglyOpen({ variables }: ContainerEnvironment): string[] {
  const open = new Set(variables.flatMap(({ name, value }) => (value.state === 'unknown' ? [name] : [])));
  return variables.flatMap(({ name, value, uses }) => {
    if (value.state !== 'unknown' || name === 'FIELD') return [];
    const isMadeOfOpen = uses.some((one) => one.startsWith('KUBERNETES_') || open.has(one));
    return isMadeOfOpen ? [] : [`${name}: not told (${value.reason})`];
  });
}
