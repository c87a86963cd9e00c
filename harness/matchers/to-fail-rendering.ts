import type { MatcherState } from 'vitest';
import { SluiceError } from '../errors.js';
import { TemplateFailure, ValuesSchemaError } from '../helm/render-error.js';
import type { MatcherResult } from './matcher-result.js';
import { showDifference } from './show-difference.js';

/** Codes of failures that the chart or its values cause; all else says nothing about the chart. */
const RENDER_CODES: ReadonlySet<string> = new Set([
  'TEMPLATE_FAILED',
  'TEMPLATE_BROKEN',
  'TEMPLATE_YAML',
  'VALUES_SCHEMA',
  'VALUES_UNPARSABLE',
  'SET_INVALID',
  'HELM_FAILED',
]);

/**
 * `await expect(renderChart({ … })).toFailRendering('environment must be set')`
 *
 * The text is compared as a whole: for `fail` and `required` what the template gave them, for a schema its violations, a
 * line each as `/pointer: message`, else the first line of the error. A failure for another reason (no helm, no
 * chart) is thrown on, in both directions.
 */
export async function toFailRendering(
  this: MatcherState,
  received: unknown,
  expected?: string | RegExp,
): Promise<MatcherResult> {
  const failure = await catchFailure(received);
  if (failure === undefined) {
    const wanted = expected === undefined ? '' : ` with ${formatExpected(expected)}`;
    return { pass: false, message: () => `expected the render to fail${wanted}, but it succeeded` };
  }
  const text = readFailureText(failure);
  const isWanted =
    expected === undefined || (typeof expected === 'string' ? text === expected : expected.test(text));
  return {
    pass: isWanted,
    message: () => {
      const place =
        failure instanceof TemplateFailure ? `\n\nraised by ${failure.template}, line ${failure.line}` : '';
      if (isWanted)
        return `expected the render not to fail${expected === undefined ? '' : ' so'}, but it did\n\n${text}${place}`;
      return typeof expected === 'string'
        ? `expected the render to fail with another text\n\n${showDifference(expected, text)}${place}`
        : `expected the render to fail with ${String(expected)}, but the text is\n\n${text}${place}`;
    },
  };
}

async function catchFailure(received: unknown): Promise<SluiceError | undefined> {
  try {
    const outcome: unknown = typeof received === 'function' ? received() : received;
    await outcome;
    return undefined;
  } catch (error) {
    if (error instanceof SluiceError && RENDER_CODES.has(error.code)) return error;
    throw error;
  }
}

/** What a failed render says, without what sluice adds around it. */
export function readFailureText(error: SluiceError): string {
  if (error instanceof TemplateFailure) return error.reason;
  if (error instanceof ValuesSchemaError) {
    return error.violations
      .map(({ pointer, message }) => `${pointer || '(top level)'}: ${message}`)
      .join('\n');
  }
  return error.shortMessage;
}

function formatExpected(expected: string | RegExp): string {
  return typeof expected === 'string' ? JSON.stringify(expected) : String(expected);
}
