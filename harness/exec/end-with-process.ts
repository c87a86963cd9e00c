import { onExit } from 'signal-exit';

type EndNow = () => void;

const pending = new Set<EndNow>();
let detach: (() => void) | undefined;

/**
 * Has `endNow` called when this process ends by itself, by `process.exit` or by a signal that can be caught, unless
 * the returned function is called before.
 *
 * Signals keep their meaning: where nobody else listens to one, this process still ends by it. The packages that
 * lock files and start commands listen by the same means as this, which alone tells them from real listeners.
 */
export function endWithProcess(endNow: EndNow): () => void {
  detach ??= onExit(endAll);
  pending.add(endNow);
  return () => {
    pending.delete(endNow);
    if (pending.size > 0) return;
    detach?.();
    detach = undefined;
  };
}

function endAll(): void {
  for (const endNow of [...pending].reverse()) {
    try {
      endNow();
    } catch {
      // The others must still be ended, and nobody is left to tell.
    }
  }
  pending.clear();
}
