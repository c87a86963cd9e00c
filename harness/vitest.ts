import { expect } from 'vitest';
import type { JsonObject } from './manifest/manifest.js';
import { SecretValue } from './manifest/secret-value.js';
import type { ManifestSelector } from './manifest/select-manifests.js';
import type { ReleaseLike } from './matchers/received-release.js';
import { type ExpectedIssue, type ToBeValidOptions, toBeValid, toHaveIssue } from './matchers/to-be-valid.js';
import { toFailRendering } from './matchers/to-fail-rendering.js';
import { type ExpectedVariables, toHaveEnv } from './matchers/to-have-env.js';
import { toHaveEnvFrom } from './matchers/to-have-env-from.js';
import { toHaveField } from './matchers/to-have-field.js';
import { toHaveManifest } from './matchers/to-have-manifest.js';
import { type ToRenderSameAsOptions, toRenderSameAs } from './matchers/to-render-same-as.js';
import type { ValidateOptions } from './validate/validate-input.js';

export type { ReleaseLike } from './matchers/received-release.js';
export type { ExpectedIssue, ToBeValidOptions } from './matchers/to-be-valid.js';
export type { ExpectedVariable, ExpectedVariables } from './matchers/to-have-env.js';
export type { ToRenderSameAsOptions } from './matchers/to-render-same-as.js';

/** Matchers for rendered charts. `import 'sluice/vitest'` in a test, or in `setupFiles`, adds them to `expect`. */
export interface ChartMatchers {
  /** An object is rendered; with `content`, one that holds at least this. */
  toHaveManifest(selector: ManifestSelector | string, content?: JsonObject): void;
  /** Every application container has these variables: a name, names, or values by name. */
  toHaveEnv(variables: string | readonly string[] | ExpectedVariables): void;
  /** As above, of `Kind/workload`, `Kind/workload/container`, or a workload or container by name. */
  toHaveEnv(where: string, variables: string | readonly string[] | ExpectedVariables): void;
  /** `envFrom` is exactly this list of `Kind/name`; or it holds this one, or something read from this path. */
  toHaveEnvFrom(sources: string | readonly string[]): void;
  toHaveEnvFrom(where: string, sources: string | readonly string[]): void;
  /** A manifest has a field, with this value if one is given. A JSON pointer, or `spec.containers[name=app].image`. */
  toHaveField(path: string, value?: unknown): void;
  /** As above, of an object of a release: `'Deployment/web', 'spec.replicas', 3`. */
  toHaveField(object: string, path: string, value: unknown): void;
  /** `validate()` finds nothing that is as severe. To be awaited. */
  toBeValid(options?: ToBeValidOptions): Promise<void>;
  /** `validate()` finds this. To be awaited. */
  toHaveIssue(issue: ExpectedIssue | string, options?: Omit<ValidateOptions, 'schemas'>): Promise<void>;
  /** A promise of a render, or a function that renders, fails; with exactly this text, or one that matches. To be awaited. */
  toFailRendering(text?: string | RegExp): Promise<void>;
  /** Both releases hold the same objects with the same content. */
  toRenderSameAs(other: ReleaseLike, options?: ToRenderSameAsOptions): void;
}

declare module 'vitest' {
  interface Matchers<T> extends ChartMatchers {}
}

// Secrets keep their value to themselves: without this, any two would be equal.
expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof SecretValue && b instanceof SecretValue ? a.equals(b) : undefined,
]);

expect.extend({
  toHaveManifest,
  toHaveEnv,
  toHaveEnvFrom,
  toHaveField,
  toBeValid,
  toHaveIssue,
  toFailRendering,
  toRenderSameAs,
});
