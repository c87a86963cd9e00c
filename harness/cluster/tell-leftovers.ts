import type { ClusterStep } from './cluster.js';
import { removeLeftovers } from './remove-cluster.js';

/** Removes what killed runs left behind, and tells what was there. */
export async function tellLeftovers(
  cacheFolder: string,
  onStep: ((step: ClusterStep) => void) | undefined,
): Promise<void> {
  const removed = await removeLeftovers(cacheFolder, (name, error) => {
    const text = error instanceof Error ? error.message : String(error);
    onStep?.({
      subject: name,
      state: 'note',
      text: `left behind by a run that was killed, and still there: ${text}`,
    });
  });
  for (const subject of removed) {
    onStep?.({ subject, state: 'note', text: 'left behind by a run that was killed, removed' });
  }
}
