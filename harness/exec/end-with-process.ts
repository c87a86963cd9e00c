type EndNow = () => void;

const pending = new Set<EndNow>();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Has `endNow` called when this process ends by itself, by `process.exit` or by a signal that can be caught, unless
 * the returned function is called before.
 *
 * Signals keep their meaning: where nobody else listens to one, this process still ends by it.
 */
export function endWithProcess(endNow: EndNow): () => void {
  if (pending.size === 0) attach();
  pending.add(endNow);
  return () => {
    pending.delete(endNow);
    if (pending.size === 0) detach();
  };
}

function attach(): void {
  process.on('exit', endAll);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function detach(): void {
  process.off('exit', endAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
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

function onSignal(signal: NodeJS.Signals): void {
  // Whoever else listens decides what the signal means; where that is the end, 'exit' comes here again.
  if (process.listenerCount(signal) > 1) return;
  endAll();
  detach();
  process.kill(process.pid, signal);
}
