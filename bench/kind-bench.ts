import { startKind } from '../harness/cluster/kind.js';

export interface KindFigures {
  /** From the call to a cluster that is ready, webhook included, with everything that it is made of there. */
  upMs: number;
  downMs: number;
}

/**
 * What a kind cluster takes to come and to go.
 *
 * @throws SluiceError where what it is made of cannot be had here.
 */
export async function benchKind(onProgress: (text: string) => void): Promise<KindFigures> {
  let ready = performance.now();
  const cluster = await startKind({
    onStep: ({ subject, state, text }) => {
      if (state !== 'preparing') return;
      onProgress(`${subject}: ${text}`);
      // Building is no part of starting.
      ready = performance.now();
    },
  });
  const up = performance.now();
  await cluster.stop();
  return { upMs: up - ready, downMs: performance.now() - up };
}
