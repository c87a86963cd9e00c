import { createHash } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import { buildStandardInput, buildTemplateArguments } from './build-arguments.js';
import { findLibrary } from './choose-engine.js';
import { findEnginePool } from './engine-pool.js';
import { readCachedRender, writeCachedRender } from './render-cache.js';
import type { RenderContext } from './render-chart.js';
import type { RenderOptions } from './render-options.js';

/** Variable of the environment that names the folder in which renders write down what they hit. */
export const COVERAGE_VARIABLE = 'SLUICE_COVERAGE';

/** The folder in which a render writes down what it hits; undefined where it counts nothing. */
export function findCoverageFolder({ coverage, env = process.env }: RenderContext): string | undefined {
  return coverage ?? (env[COVERAGE_VARIABLE] || undefined);
}

const TIMEOUT_MS = 60_000;

/** What one render hits and reads: written down as a line of JSON, and kept beside the rendered text. */
export class CoveredRender {
  readonly #folder: string;
  readonly #files: string[];
  readonly #context: RenderContext;
  #counted: string | undefined;

  constructor(folder: string, options: RenderOptions, context: RenderContext) {
    this.#folder = resolve(context.cwd ?? process.cwd(), folder);
    this.#files = (options.valuesFiles ?? []).map((file) => resolve(context.cwd ?? process.cwd(), file));
    this.#context = context;
  }

  /** Writes down what the engine counted; nothing where no template was reached. */
  async record(counted: string | undefined): Promise<void> {
    if (counted === undefined) return;
    this.#counted = counted;
    const line = `{"files":${JSON.stringify(this.#files)},"record":${counted}}\n`;
    const path = join(this.#folder, `${process.pid}-${threadId}.jsonl`);
    await appendFile(path, line).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await mkdir(this.#folder, { recursive: true });
      await appendFile(path, line);
    });
  }

  /** Writes down what was counted when the same was rendered before; false where that is not known. */
  async recall(cacheFolder: string, key: string): Promise<boolean> {
    const counted = await readCachedRender(cacheFolder, await this.#deriveKey(key));
    await this.record(counted);
    return counted !== undefined;
  }

  async keep(cacheFolder: string, key: string): Promise<void> {
    if (this.#counted === undefined) return;
    await writeCachedRender(cacheFolder, await this.#deriveKey(key), this.#counted);
  }

  /** Renders the same by the library for what it counts. What it prints, and whether it fails, does not matter here. */
  async renderBeside(options: RenderOptions): Promise<void> {
    const { cwd = process.cwd(), signal, timeoutMs = TIMEOUT_MS } = this.#context;
    const { path } = await findLibrary(this.#context);
    const request = {
      args: buildTemplateArguments(options),
      stdin: buildStandardInput(options) ?? '',
      cwd: resolve(cwd),
      coverage: true,
    };
    const { coverage } = await findEnginePool(path).render(request, { timeoutMs, signal });
    await this.record(coverage);
  }

  // Of the same render by another program, other things may be counted.
  async #deriveKey(key: string): Promise<string> {
    const { digest } = await findLibrary(this.#context);
    return createHash('sha256').update(`${key}\ncoverage\n${digest}`).digest('hex');
  }
}
