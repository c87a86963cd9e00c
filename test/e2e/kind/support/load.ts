import { waitUntil } from '../../../../harness/exec/wait-until.js';
import { RELEASE } from '../../support/scenario.js';
import { isReady, type Pods } from './pods.js';
import { SAMPLE_APP } from './test-images.js';

/** What became of the requests. */
export interface Tally {
  sent: number;
  /** With 200. */
  answered: number;
  failed: number;
  /** The first of them. */
  failures: string[];
  /** How often each body was the answer. */
  bodies: Record<string, number>;
}

/** Requests that are sent all the time, by a pod of their own. */
export interface Load {
  /** What became of them so far. */
  tally(): Promise<Tally>;
  /** Ends them, and tells what became of them. */
  stop(): Promise<Tally>;
}

const NAME = 'load';

/** Starts sending 40 requests a second to a path of the release's Service, half of them over new connections; done when the first are answered. */
export async function startLoad(pods: Pods, path: string): Promise<Load> {
  const { client, namespace, cluster } = pods.scenario;
  // With the dot in the end, so that no resolver looks for it anywhere else.
  const url = `http://${RELEASE}.${namespace}.svc.cluster.local.${path}`;
  const reference = { apiVersion: 'v1', kind: 'Pod', name: NAME, namespace };
  await client.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: NAME, namespace },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'load',
          image: `${SAMPLE_APP.repository}:${SAMPLE_APP.tag}`,
          args: ['load', '--url', url, '--rate', '40'],
        },
      ],
    },
  });
  const tally = async (): Promise<Tally> => JSON.parse(await pods.ask(NAME, '/tally')) as Tally;
  await waitUntil(
    async () => {
      const pod = await client.read(reference);
      if (pod === undefined || !isReady(pod)) throw new Error('its pod is not ready');
      const sum = await tally();
      if (sum.answered < 20) throw new Error(`${sum.answered} answered; ${sum.failures.join('; ')}`);
    },
    { what: `load on ${url}`, timeoutMs: 60_000, signal: cluster.signal },
  );
  return {
    tally,
    stop: async () => {
      const sum = await tally();
      await client.remove(reference);
      return sum;
    },
  };
}
