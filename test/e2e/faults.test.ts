import { afterAll, test as base, beforeAll, describe, expect } from 'vitest';
import { startEmbedded } from '../../harness/cluster/embedded.js';
import type { EmbeddedCluster } from '../../harness/cluster/embedded-cluster.js';
import { waitUntil } from '../../harness/exec/wait-until.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { readStringMap } from '../../harness/manifest/read-json.js';
import { FORCE_SYNC_ANNOTATION } from '../../harness/secrets/refresh.js';
import { referToExternalSecret } from '../../harness/secrets/wait-for-sync.js';
import { type Fault, FaultProxy } from './support/fault-proxy.js';
import { Scenario } from './support/scenario.js';

const PATH = '/{system}/{app}/{environment}/app';
const BEFORE = { DATABASE_URL: 'postgresql://old@db.example.com/shop', API_TOKEN: 'token-before-the-fault' };
const AFTER = { ...BEFORE, API_TOKEN: 'token-after-the-fault' };
const RECOVERS_WITHIN_MS = 30_000;

let proxy: FaultProxy;
let cluster: EmbeddedCluster;
beforeAll(async () => {
  proxy = await FaultProxy.start();
  cluster = await startEmbedded({ operatorStoreUrl: proxy.url });
  proxy.target = cluster.parameterStore.endpointUrl;
});
afterAll(async () => {
  await cluster?.stop();
  await proxy[Symbol.asyncDispose]();
});

/** As the other scenarios, in a cluster that may be hurt. */
const test = base.extend<{ scenario: Scenario }>({
  scenario: async ({ task }, use) => {
    const scenario = await Scenario.open(task.name, cluster);
    try {
      await use(scenario);
    } finally {
      if (task.result?.state === 'fail') await scenario.tellWhy();
      await scenario.close();
    }
  },
});

async function installOne(scenario: Scenario, values: JsonObject = {}): Promise<void> {
  await scenario.put('shop/stage/app', BEFORE);
  await scenario.install({ externalSecrets: { external: { path: PATH, ...values } } });
  await scenario.settled('external');
}

async function waitForHits(path: string, times: number): Promise<void> {
  await waitUntil(
    () => {
      const hits = proxy.countHits(path);
      if (hits < times) throw new Error(`${hits} times`);
    },
    { what: `the fault at ${path}: ${times} times`, timeoutMs: RECOVERS_WITHIN_MS, signal: cluster.signal },
  );
}

describe.concurrent('a store that misbehaves', () => {
  test.for<[string, Fault, RegExp]>([
    ['throttles', { type: 'throttle' }, /ThrottlingException|Rate exceeded/u],
    ['denies access', { type: 'deny' }, /AccessDenied|not authorized/u],
    ['cuts connections', { type: 'reset' }, /connection reset|EOF/u],
    ['is down', { type: 'unavailable' }, /503|Unavailable/u],
  ])(
    'one that %s: the Secret stays, the event says why, and it recovers by itself',
    async ([, fault, words], { scenario }) => {
      await installOne(scenario);
      const path = scenario.path('shop/stage/app');
      proxy.inject(path, fault);
      await scenario.put('shop/stage/app', AFTER);
      await scenario.askForSync('external');
      await scenario.failed('external');
      expect(await scenario.differences('shop-external', BEFORE)).toEqual([]);
      await scenario.event('ExternalSecret shop-external', words);
      await waitForHits(path, 2);
      proxy.heal(path);
      // Nobody asks for it again.
      await scenario.holds('shop-external', AFTER, RECOVERS_WITHIN_MS);
      await scenario.synced('external');
    },
  );

  test('one that throttles a few requests is not noticed at all', async ({ scenario }) => {
    await installOne(scenario);
    const path = scenario.path('shop/stage/app');
    proxy.inject(path, { type: 'throttle' }, 2);
    await scenario.put('shop/stage/app', AFTER);
    await scenario.refreshed('external');
    expect(proxy.countHits(path)).toBe(2);
    expect(await scenario.differences('shop-external', AFTER)).toEqual([]);
  });

  test('a refresh waits for a read of after it was asked for, not for one that was under way', async ({
    scenario,
  }) => {
    await installOne(scenario);
    const path = scenario.path('shop/stage/app');
    const name = referToExternalSecret({ namespace: scenario.namespace, name: 'shop-external' });
    const readAsked = async () =>
      readStringMap((await scenario.client.read(name))?.metadata, 'annotations')[FORCE_SYNC_ANNOTATION];
    const refreshed = new Promise<void>((resolve, reject) => {
      const happens = async (): Promise<void> => {
        await scenario.put('shop/stage/app', AFTER);
        const before = await readAsked();
        scenario.refreshed('external').then(() => resolve(), reject);
        const options = { what: 'asked for', timeoutMs: RECOVERS_WITHIN_MS, signal: cluster.signal };
        await waitUntil(async () => {
          if ((await readAsked()) === before) throw new Error('not yet');
        }, options);
      };
      proxy.inject(path, { type: 'late-answer', happens }, 1);
    });
    await scenario.askForSync('external');
    await refreshed;
    expect(await scenario.differences('shop-external', AFTER)).toEqual([]);
  });

  test('one that is slow delays the Secret and nothing else', async ({ scenario }) => {
    await scenario.put('shop/stage/app', BEFORE);
    await scenario.put('shop/stage/other', { OTHER: 'other-value' });
    const path = scenario.path('shop/stage/app');
    // As slow as the other Secret takes, however long that is.
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    proxy.inject(path, { type: 'meanwhile', happens: async () => await answered });
    try {
      await scenario.install({
        externalSecrets: { external: { path: PATH }, other: { path: '/{system}/{app}/{environment}/other' } },
      });
      await scenario.synced('other');
      await waitForHits(path, 1);
      expect(await scenario.readSecret('shop-external')).toBeUndefined();
    } finally {
      proxy.heal(path);
      answer();
    }
    await scenario.synced('external');
    expect(await scenario.differences('shop-external', BEFORE)).toEqual([]);
  });

  test('a value of 5 kB arrives whole', async ({ scenario }) => {
    const large = { ...BEFORE, LARGE: 'Grüße '.repeat(800) };
    await scenario.put('shop/stage/app', large);
    await scenario.install({ externalSecrets: { external: { path: PATH } } });
    await scenario.synced('external');
    expect(await scenario.differences('shop-external', large)).toEqual([]);
  });
});

describe('a component that is killed and comes back', () => {
  test('the operator, in the middle of its work: everything is synced, nothing is lost', async ({
    scenario,
  }) => {
    const keys = Array.from({ length: 12 }, (_, index) => `part-${index}`);
    for (const key of keys)
      await scenario.put(`shop/stage/${key}`, { [`VALUE_${key.slice(5)}`]: `of ${key}` });
    proxy.inject(scenario.namespace, { type: 'slow', delayMs: 400 });
    await scenario.install({
      externalSecrets: Object.fromEntries(
        keys.map((key) => [key, { path: `/{system}/{app}/{environment}/${key}` }]),
      ),
    });
    await waitForHits(scenario.namespace, 4);
    await scenario.step('operator killed and started again', async () => {
      await cluster.restart('external-secrets', { kill: true });
    });
    proxy.heal(scenario.namespace);
    await Promise.all(keys.map(async (key) => await scenario.synced(key)));
    for (const key of keys) {
      expect(await scenario.differences(`shop-${key}`, { [`VALUE_${key.slice(5)}`]: `of ${key}` })).toEqual(
        [],
      );
    }
  });

  test.for([['kube-apiserver'], ['etcd']] as const)(
    '%s: the Secret is as it was, and the next change arrives',
    async ([component], { scenario }) => {
      await installOne(scenario);
      await scenario.step(`${component} killed and started again`, async () => {
        await cluster.restart(component, { kill: true });
      });
      await waitUntil(
        async () => {
          const differences = await scenario.differences('shop-external', BEFORE);
          if (differences.length > 0) throw new Error(differences.join('; '));
        },
        { what: 'the Secret to be read again', timeoutMs: RECOVERS_WITHIN_MS, signal: cluster.signal },
      );
      await scenario.put('shop/stage/app', AFTER);
      await waitUntil(async () => await scenario.askForSync('external'), {
        what: 'the API server to take a change',
        timeoutMs: RECOVERS_WITHIN_MS,
        signal: cluster.signal,
      });
      await scenario.holds('shop-external', AFTER, RECOVERS_WITHIN_MS);
    },
  );
});
