import { SluiceError } from '../errors.js';
import { formatSeconds } from '../exec/wait-until.js';
import type { ContainerEnvironment } from '../manifest/container-environment.js';

/** The steps of a secret's life, in their order. */
export const LIFE_STEPS = [
  'check',
  'cluster',
  'store',
  'install',
  'sync',
  'environment',
  'pods',
  'rotate',
  'follow',
  'rollout',
  'break',
  'mend',
  'uninstall',
  'down',
] as const;

export type LifeStepName = (typeof LIFE_STEPS)[number];

/** A step as it has gone. Texts hold names, counts and lengths, never a secret value. */
export interface LifeStep {
  name: LifeStepName;
  status: 'passed' | 'failed' | 'skipped';
  /** What was done, and what came of it. */
  text: string;
  durationMs: number;
  /** More of it, a line each. */
  details: string[];
  /** Of a step that failed. */
  error?: { code: string; message: string };
}

/** What a life ran on. */
export interface LifePlatform {
  cluster: string;
  provider: string;
  kubernetesVersion: string;
  /** Such as `localstack 2026.3.0`; with the reason where it is not the preferred one. */
  parameterStore: string;
}

/** A secret's life. */
export interface LifeReport {
  chart: string;
  valuesFiles: readonly string[];
  release: string;
  namespace: string;
  platform: LifePlatform | undefined;
  steps: LifeStep[];
  durationMs: number;
  /** What containers of the release see. */
  environments: readonly ContainerEnvironment[];
  /** Name of the cluster that was left running. */
  kept: string | undefined;
}

/** What a step tells. */
export interface StepOutcome {
  text: string;
  /** True where it could not be done here, for the reason that the text tells. */
  skipped?: boolean;
  details?: string[];
}

/** Runs the steps of a life one after the other, and times them. After one that fails the rest is skipped. */
export class LifeSteps {
  readonly steps: LifeStep[] = [];
  readonly #onStep: ((step: LifeStep) => void) | undefined;
  #failure: { error: unknown } | undefined;

  constructor(onStep: ((step: LifeStep) => void) | undefined) {
    this.#onStep = onStep;
  }

  /** The first error. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /** Runs a step, unless one before it has failed. `explain` adds what is known to a failure. */
  async run(
    name: LifeStepName,
    action: () => Promise<StepOutcome>,
    explain: () => Promise<string[]> = async () => [],
  ): Promise<void> {
    if (this.#failure !== undefined) {
      this.skip(name, 'not reached');
      return;
    }
    const start = performance.now();
    try {
      const { text, skipped = false, details = [] } = await action();
      const status = skipped ? 'skipped' : 'passed';
      this.add({ name, status, text, details, durationMs: performance.now() - start });
    } catch (error) {
      this.#failure = { error };
      const durationMs = performance.now() - start;
      const details = await explain().catch(() => []);
      const { code, message } = describe(error);
      const [text = ''] = message.split('\n');
      this.add({ name, status: 'failed', text, details, durationMs, error: { code, message } });
    }
  }

  skip(name: LifeStepName, text: string): void {
    this.add({ name, status: 'skipped', text, details: [], durationMs: 0 });
  }

  /** Takes note of a step that was run elsewhere. */
  add(step: LifeStep): void {
    const rounded = { ...step, durationMs: Math.round(step.durationMs) };
    this.steps.push(rounded);
    this.#onStep?.(rounded);
  }
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof SluiceError) return { code: error.code, message: error.message };
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) };
}

/** `35 ms`, `1.5 s`. */
export function formatDuration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : formatSeconds(milliseconds);
}

/** `1 pod`, `2 pods`. */
export function count(number: number, noun: string, plural = 's'): string {
  return `${number} ${noun}${number === 1 ? '' : plural}`;
}
