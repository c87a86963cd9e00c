import type { Severity } from './issue.js';

export interface NameProblem {
  severity: Severity;
  message: string;
  remedy: string;
}

const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/u;
const SERVICE_LABEL = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/u;

interface NameRule {
  pattern: RegExp;
  maxLength: number;
  what: string;
  /** Why the length is limited, where the API server itself would let it pass. */
  because?: string;
}

const LABEL_TEXT = 'lower-case letters, digits and dashes';
const DEFAULT_RULE: NameRule = {
  pattern: SUBDOMAIN,
  maxLength: 253,
  what: 'lower-case letters, digits, dashes and dots',
};

/** Sources: the validation of each kind in kubernetes/pkg/apis, and labels that controllers make of names. */
const RULES: Readonly<Record<string, NameRule>> = {
  Service: { pattern: SERVICE_LABEL, maxLength: 63, what: `${LABEL_TEXT}, a letter first` },
  Namespace: { pattern: LABEL, maxLength: 63, what: LABEL_TEXT },
  CronJob: { ...DEFAULT_RULE, maxLength: 52, because: 'its Jobs add 11 characters' },
  Job: { ...DEFAULT_RULE, maxLength: 63, because: 'it becomes the value of a label of its pods' },
  StatefulSet: {
    ...DEFAULT_RULE,
    maxLength: 52,
    because: 'its pods carry it in a label with 11 more characters',
  },
};

const FREE_NAMES = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

/** What is wrong with the name of an object, or undefined. */
export function findNameProblem(kind: string, name: string): NameProblem | undefined {
  if (name === '') return problem('metadata.name is required', 'Give the object a name.');
  if (FREE_NAMES.has(kind)) {
    return /[/%]/u.test(name) || name === '.' || name === '..'
      ? problem(`the name "${name}" must not hold / or %`, 'Give it another name.')
      : undefined;
  }
  const rule = RULES[kind] ?? DEFAULT_RULE;
  if (name.length > rule.maxLength) {
    const because = rule.because ? `: ${rule.because}` : '';
    return problem(
      `the name is ${name.length} characters long; a ${kind} may have ${rule.maxLength}${because}`,
      'Shorten the release name, or set fullnameOverride.',
    );
  }
  return rule.pattern.test(name)
    ? undefined
    : problem(`"${name}" is no valid name for a ${kind}: only ${rule.what}`, 'Give it another name.');
}

function problem(message: string, remedy: string): NameProblem {
  return { severity: 'error', message, remedy };
}

/** What is wrong with the key of a label or annotation, or undefined. Source: `IsQualifiedName`. */
export function findLabelKeyProblem(key: string): string | undefined {
  const slash = key.indexOf('/');
  const prefix = slash === -1 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (prefix !== undefined && (prefix.length > 253 || !SUBDOMAIN.test(prefix)))
    return 'its prefix is no DNS name';
  if (name.length > 63) return `its name is ${name.length} characters long; 63 are allowed`;
  return /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/u.test(name)
    ? undefined
    : 'a name has letters, digits, -, _ and . only, and begins and ends with a letter or digit';
}

/** What is wrong with the value of a label, or undefined. Source: `IsValidLabelValue`. */
export function findLabelValueProblem(value: string): string | undefined {
  if (value.length > 63) return `its value is ${value.length} characters long; 63 are allowed`;
  return /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/u.test(value)
    ? undefined
    : 'a value has letters, digits, -, _ and . only, and begins and ends with a letter or digit';
}

/** What is wrong with the name of a container, volume or port, or undefined. */
export function findPartNameProblem(part: 'container' | 'volume' | 'port', name: string): string | undefined {
  if (part !== 'port') {
    if (name.length > 63) return `is ${name.length} characters long; 63 are allowed`;
    return LABEL.test(name) ? undefined : `may have ${LABEL_TEXT} only`;
  }
  if (name.length > 15) return `is ${name.length} characters long; 15 are allowed`;
  const isName =
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/u.test(name) && /[a-z]/u.test(name) && !name.includes('--');
  return isName ? undefined : `may have ${LABEL_TEXT} only, with at least one letter`;
}
