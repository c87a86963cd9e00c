import {
  type DocumentOptions,
  type ParseOptions,
  parse,
  type ScalarTag,
  type SchemaOptions,
  type Tags,
  type ToJSOptions,
} from 'yaml';
import type { JsonValue } from './manifest.js';

// Helm and Kubernetes read 0o17 as 15 although the rest of their dialect is YAML 1.1.
const modernOctal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: () => false,
  test: /^[-+]?0o[0-7]+$/u,
  resolve: (text) => {
    const negative = text.startsWith('-');
    const digits = text.replace(/^[-+]?0o/u, '');
    return (negative ? -1 : 1) * Number.parseInt(digits, 8);
  },
};

const binaryAsText: ScalarTag = {
  tag: 'tag:yaml.org,2002:binary',
  identify: () => false,
  resolve: (text) => Buffer.from(text, 'base64').toString('utf8'),
};

// The package takes `e0`, `.` and `0_` for numbers that are none; these are the forms that Helm's reader takes.
const PLAIN_FLOAT = /^[-+]?(?:\.[0-9]+(?:_[0-9]+)*|[0-9][0-9_]*\.[0-9_]*)$/u;
const EXPONENT_FLOAT = /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)[eE][-+]?[0-9][0-9_]*$/u;
const OCTAL_INTEGER = /^[-+]?0[0-7_]*[0-7]$/u;

// What is too large for a number stays text.
function readFloat(text: string): number | string {
  const value = Number.parseFloat(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : text;
}

function narrowNumber(tag: Tags[number]): Tags[number] {
  if (typeof tag === 'string' || !('test' in tag) || tag.test === undefined) return tag;
  if (tag.format === 'OCT' && tag.test.test('07')) return { ...tag, test: OCTAL_INTEGER };
  if (!tag.tag.endsWith(':float') || tag.test.test('.inf')) return tag;
  return {
    ...tag,
    resolve: readFloat,
    test: tag.format === 'EXP' ? EXPONENT_FLOAT : PLAIN_FLOAT,
  } as ScalarTag;
}

const UNREAD_TAGS = new Set<unknown>(['intTime', 'floatTime', 'timestamp', 'binary']);

function chooseTags(tags: Tags): Tags {
  const kept = tags.filter((tag) => {
    if (typeof tag === 'string') return !UNREAD_TAGS.has(tag);
    return tag.format !== 'TIME' && !/:(timestamp|binary)$/u.test(tag.tag);
  });
  return [modernOctal, ...kept.map(narrowNumber), binaryAsText];
}

/**
 * Options for the `yaml` package under which a scalar becomes what Helm and the API server make of it: YAML 1.1
 * (`yes` is true, `0123` is 83) without its base-60 numbers and timestamps, which stay strings.
 *
 * Duplicate keys are errors here; Helm itself lets the last one win.
 */
export const kubernetesYamlOptions = {
  version: '1.1',
  merge: true,
  customTags: chooseTags,
  uniqueKeys: true,
  maxAliasCount: 1000,
  prettyErrors: true,
  logLevel: 'error',
} as const satisfies ParseOptions & DocumentOptions & SchemaOptions & ToJSOptions;

/**
 * Reads one YAML document as Helm and Kubernetes would.
 *
 * @throws `YAMLParseError` of the `yaml` package, with `linePos`; `ReferenceError` where aliases multiply beyond reason.
 */
export function parseKubernetesYaml(text: string): JsonValue {
  return parse(text, kubernetesYamlOptions) as JsonValue;
}
