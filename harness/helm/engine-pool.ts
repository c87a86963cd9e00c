import { availableParallelism } from 'node:os';
import pLimit, { type LimitFunction } from 'p-limit';
import { type EngineAnswer, type EngineLimits, EngineProcess, type EngineRequest } from './engine-process.js';

/** Programs of the library engine, as many as there are cores, started when there is something to render. */
export class EnginePool {
  readonly #path: string;
  readonly #limit: LimitFunction;
  readonly #processes = new Set<EngineProcess>();
  readonly #idle: EngineProcess[] = [];

  constructor(path: string, size: number = availableParallelism()) {
    this.#path = path;
    this.#limit = pLimit(size);
  }

  /** Process numbers of the programs that run. */
  get pids(): number[] {
    return [...this.#processes].flatMap(({ pid, usable }) => (usable && pid !== undefined ? [pid] : []));
  }

  /**
   * Has one release rendered by the next program that is free.
   *
   * @throws SluiceError as `EngineProcess.render`; a new program takes the next render.
   */
  async render(request: EngineRequest, limits: EngineLimits): Promise<EngineAnswer> {
    return await this.#limit(async () => {
      limits.signal?.throwIfAborted();
      const process = this.#take();
      try {
        return await process.render(request, limits);
      } finally {
        if (process.usable) this.#idle.push(process);
        else this.#processes.delete(process);
      }
    });
  }

  // The one that was used last: its chart is the likeliest to be read already.
  #take(): EngineProcess {
    for (let one = this.#idle.pop(); one !== undefined; one = this.#idle.pop()) {
      if (one.usable) return one;
      this.#processes.delete(one);
    }
    const started = new EngineProcess(this.#path);
    this.#processes.add(started);
    return started;
  }
}

const pools = new Map<string, EnginePool>();

/** The pool of a program, shared by all renders of this process. */
export function findEnginePool(path: string): EnginePool {
  const known = pools.get(path);
  if (known !== undefined) return known;
  const pool = new EnginePool(path);
  pools.set(path, pool);
  return pool;
}
