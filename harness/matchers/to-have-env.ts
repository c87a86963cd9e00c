import type { MatcherState } from 'vitest';
import type { ContainerEnvironment, EnvVariable } from '../manifest/container-environment.js';
import { formatOrigin } from '../manifest/format-origin.js';
import { describeCause, describeManifest } from './describe-place.js';
import type { MatcherResult } from './matcher-result.js';
import { type ReceivedRelease, readRelease } from './received-release.js';
import { formatContainer, listEnvironments, noContainer } from './select-containers.js';
import { showValue } from './show-difference.js';

/** What a test can ask of one variable. */
export interface ExpectedVariable {
  /** The value itself, also of a secret that the release holds; or an asymmetric matcher. */
  value?: unknown;
  /** Where it is from, as `sluice env` shows it: `ConfigMap web-config`, `SSM /platform/prod/app › DB_PASSWORD`. */
  from?: string | RegExp;
  /** Whether it is a secret. */
  secret?: boolean;
}

/** Values or demands by name. Plain text is the value. */
export type ExpectedVariables = Readonly<Record<string, unknown>>;

/** `expect(release).toHaveEnv('Deployment/web', { LOG_LEVEL: 'info' })` */
export function toHaveEnv(this: MatcherState, received: unknown, ...args: readonly unknown[]): MatcherResult {
  const release = readRelease(received, 'toHaveEnv');
  const where = args.length > 1 ? String(args[0]) : undefined;
  const expected = readExpected(args.at(-1));
  const containers = listEnvironments(release, where);
  if (containers.length === 0) return noContainer(release, where, this.isNot);
  const checks = containers.flatMap((container) =>
    Object.entries(expected).map(([name, wanted]) =>
      checkVariable({ container, name, wanted, state: this, release }),
    ),
  );
  const failures = checks.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  const successes = checks.filter(({ failure }) => failure === undefined);
  // Negated, one container that has it is enough to fail.
  const pass = this.isNot ? successes.length > 0 : failures.length === 0;
  return {
    pass,
    message: () =>
      pass
        ? `expected other variables\n${successes.map(({ success }) => success).join('\n')}`
        : failures.join('\n\n'),
  };
}

function readExpected(value: unknown): ExpectedVariables {
  if (typeof value === 'string') return { [value]: {} };
  if (Array.isArray(value)) return Object.fromEntries(value.map((name) => [String(name), {}]));
  return value as ExpectedVariables;
}

interface Check {
  container: ContainerEnvironment;
  name: string;
  wanted: unknown;
  state: MatcherState;
  release: ReceivedRelease;
}

function checkVariable(check: Check): { success: string; failure: string | undefined } {
  const { container, name, wanted, state, release } = check;
  const variable = container.variables.find((one) => one.name === name && one.value.state !== 'absent');
  const success = `  ${formatContainer(container)} has ${name}${variable === undefined ? '' : ` from ${formatOrigin(variable.origin, { name })}`}`;
  if (variable === undefined) return { success, failure: describeMissing(check) };
  const expected = readWanted(wanted);
  const reasons: string[] = [];
  if ('value' in expected && !isValue(state, variable, expected.value)) {
    reasons.push(
      `expected the value ${showValue(expected.value)}`,
      `but it is           ${showActual(variable)}`,
    );
  }
  const origin = formatOrigin(variable.origin);
  if (expected.from !== undefined && !isOrigin(variable, expected.from)) {
    reasons.push(`expected it from ${String(expected.from)}`, `but it is from   ${origin}`);
  }
  if (expected.secret !== undefined && expected.secret !== variable.secret) {
    reasons.push(
      expected.secret ? 'expected a secret, but it is plain' : 'expected plain text, but it is a secret',
    );
  }
  if (reasons.length === 0) return { success, failure: undefined };
  const failure = [
    `${name} of ${formatContainer(container)}`,
    ...[...reasons, ...describeOrigin(variable, container, release)].map((line) => `  ${line}`),
  ];
  return { success, failure: failure.join('\n') };
}

function readWanted(wanted: unknown): ExpectedVariable {
  const isDemand =
    typeof wanted === 'object' &&
    wanted !== null &&
    Object.keys(wanted).every((key) => key === 'value' || key === 'from' || key === 'secret') &&
    !('asymmetricMatch' in wanted);
  return isDemand ? (wanted as ExpectedVariable) : { value: wanted };
}

function isValue(state: MatcherState, { value }: EnvVariable, expected: unknown): boolean {
  const actual =
    value.state === 'known' ? value.text : value.state === 'hidden' ? value.secret.reveal() : undefined;
  return actual !== undefined && state.equals(actual, expected, [...state.customTesters]);
}

function isOrigin({ name, origin }: EnvVariable, expected: string | RegExp): boolean {
  const texts = [formatOrigin(origin), formatOrigin(origin, { name })];
  return texts.some((text) => (typeof expected === 'string' ? text === expected : expected.test(text)));
}

function showActual({ value }: EnvVariable): string {
  switch (value.state) {
    case 'known':
      return showValue(value.text);
    case 'hidden':
      return 'another secret (hidden)';
    case 'absent':
      return 'not set';
    case 'unknown':
      return value.preview === undefined
        ? `not known before it runs (${value.reason})`
        : `not wholly known before it runs: ${showValue(value.preview)}`;
  }
}

function describeOrigin(
  variable: EnvVariable,
  container: ContainerEnvironment,
  release: ReceivedRelease,
): string[] {
  const { origin, shadows, name } = variable;
  const holder = 'manifest' in origin ? origin.manifest : container.workload.manifest;
  const pointer = 'manifest' in origin ? `/data/${name}` : origin.pointer;
  const cause = describeCause(holder, pointer, release.valuesSources);
  return [
    `from ${formatOrigin(origin, { name })}, in ${describeManifest(holder, pointer)}`,
    ...(cause === undefined ? [] : [`set by ${cause}`]),
    ...shadows.map((shadow) => `which wins over ${formatOrigin(shadow, { name })}`),
    ...variable.problems.map(({ message }) => message),
  ];
}

function describeMissing({ container, name }: Check): string {
  const open = container.openEnded.filter(({ prefix }) => name.startsWith(prefix));
  const names = container.variables.map((variable) => variable.name);
  const lines = [
    `${name} of ${formatContainer(container)}: not there`,
    `  it has ${names.length === 0 ? 'no variables' : names.join(', ')}`,
    ...open.map(
      ({ source }) =>
        `  and any name that ${formatOrigin(source)} holds, which is known only once the operator has read it`,
    ),
    ...container.problems.map(({ message }) => `  ${message}`),
  ];
  return lines.join('\n');
}
