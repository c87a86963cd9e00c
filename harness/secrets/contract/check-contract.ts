import type { SecretValue } from '../../manifest/secret-value.js';
import { nearestName } from '../../validate/nearest-name.js';
import { isPlaceholder } from '../../validate/plain-secrets/placeholder.js';
import { checkFormat } from './check-format.js';
import type { Contract, ContractEntry } from './contract.js';

export type ContractRule =
  /** A required variable is not there. */
  | 'contract-missing'
  /** A required variable is there, but empty. */
  | 'contract-empty'
  /** A value does not look as agreed. */
  | 'contract-format'
  /** A secret is one of an example. */
  | 'contract-insecure-default'
  /** A secret stands where everybody can read it. */
  | 'contract-exposed'
  /** A variable that the contract does not have. */
  | 'contract-unknown'
  /** The same name twice. */
  | 'contract-duplicate';

/** A difference between what is agreed and what is there. Never holds a value. */
export interface ContractFinding {
  rule: ContractRule;
  severity: 'error' | 'warning';
  /** Of the variable. */
  name: string;
  /** One sentence. */
  message: string;
  remedy: string;
  /** Where it was read, as the caller told it. */
  line: number | undefined;
  /** Line of the entry in the contract. */
  contractLine: number | undefined;
}

/** A variable as it is there. */
export interface GivenVariable {
  name: string;
  /** Undefined: it is there, but what it holds is not known. */
  value: SecretValue | undefined;
  /** True where it stands in the clear: in a ConfigMap, in a manifest. */
  exposed?: boolean;
  /** From 1. */
  line?: number | undefined;
}

export interface CheckContractOptions {
  /** True where further variables may be there whose names are not known: nothing is said to be missing. */
  mayHoldMore?: boolean;
  /** `Kind/name` of the workload, for entries that not every workload needs. */
  workload?: string | undefined;
  /** True on a developer's own machine: an insecure default is only worth a warning there. */
  local?: boolean;
}

const FILE_SUFFIX = '_FILE';

/**
 * Compares variables with their contract: in the order of the contract, then what it does not have.
 *
 * A variable `NAME_FILE` counts for `NAME`: its value is a path. Pure.
 */
export function checkContract(
  contract: Contract,
  given: readonly GivenVariable[],
  options: CheckContractOptions = {},
): ContractFinding[] {
  const byName = new Map(given.map((variable) => [variable.name, variable]));
  const names = new Set(contract.entries.map(({ name }) => name));
  return [
    ...contract.entries.flatMap((entry) => {
      const variable = byName.get(entry.name);
      if (variable !== undefined) return checkVariable(entry, variable, options);
      return isNeeded(entry, byName, options) ? [describeMissing(entry)] : [];
    }),
    ...listRepeated(given),
    ...given.filter(({ name }) => !isAgreed(name, names)).map((one) => describeUnknown(one, [...names])),
  ];
}

/**
 * What is wrong with one value: empty though required, a known default, another format.
 *
 * @param line where the value was read
 */
export function checkValue(
  entry: ContractEntry,
  value: SecretValue,
  { line, local = false }: { line?: number | undefined; local?: boolean } = {},
): ContractFinding[] {
  const text = value.reveal();
  const about = { name: entry.name, line, contractLine: entry.line };
  if (text === '') {
    if (!entry.required) return [];
    const message = `${entry.name} is empty, but required: ${entry.description}`;
    return [{ ...about, rule: 'contract-empty', severity: 'error', message, remedy: describeRemedy(entry) }];
  }
  const weakness = entry.secret ? findWeakness(entry, text) : undefined;
  if (weakness !== undefined) {
    const message = `${entry.name} ${weakness}`;
    const severity = local ? 'warning' : 'error';
    return [
      { ...about, rule: 'contract-insecure-default', severity, message, remedy: describeRemedy(entry) },
    ];
  }
  return (entry.format === undefined ? [] : checkFormat(entry.format, text)).map((phrase) => ({
    ...about,
    rule: 'contract-format',
    severity: 'error',
    message: `${entry.name} is ${phrase}`.replace(' is does ', ' does '),
    remedy: `Correct the value, or its format in the contract (line ${entry.line}).`,
  }));
}

function checkVariable(
  entry: ContractEntry,
  { value, exposed = false, line }: GivenVariable,
  { local = false }: CheckContractOptions,
): ContractFinding[] {
  const about = { name: entry.name, line, contractLine: entry.line };
  const findings = value === undefined ? [] : checkValue(entry, value, { line, local });
  if (!exposed || !entry.secret || value?.length === 0) return findings;
  const message = `${entry.name} is a secret, but stands where everybody can read it`;
  const remedy =
    'Move it to the store and name its path under externalSecrets; where it is no secret, give it source: config in ' +
    'the contract.';
  return [...findings, { ...about, rule: 'contract-exposed', severity: 'error', message, remedy }];
}

function isNeeded(
  entry: ContractEntry,
  byName: ReadonlyMap<string, GivenVariable>,
  { mayHoldMore = false, workload }: CheckContractOptions,
): boolean {
  if (!entry.required || mayHoldMore || byName.has(entry.name + FILE_SUFFIX)) return false;
  if (entry.workloads === undefined || workload === undefined) return true;
  return entry.workloads.some((one) => one === workload || one === workload.slice(workload.indexOf('/') + 1));
}

function describeMissing(entry: ContractEntry): ContractFinding {
  return {
    rule: 'contract-missing',
    severity: 'error',
    name: entry.name,
    message: `${entry.name} is missing, but required: ${entry.description}`,
    remedy: describeRemedy(entry),
    line: undefined,
    contractLine: entry.line,
  };
}

function describeRemedy({ name, generate, source }: ContractEntry): string {
  if (source?.kind === 'config') return `Give ${name} a value.`;
  if (generate === undefined) return `Give ${name} a value of its own; only its issuer can make one.`;
  switch (generate.type) {
    case 'hex':
      return `Give ${name} a new value: openssl rand -hex ${generate.bytes ?? 32}`;
    case 'base64':
      return `Give ${name} a new value: openssl rand -base64 ${generate.bytes ?? 32}`;
    default:
      return `Give ${name} a new value: sluice rotate ${name}`;
  }
}

function findWeakness(entry: ContractEntry, text: string): string | undefined {
  if (entry.insecureDefaults.includes(text) || text === entry.default) {
    return 'has the value of an example, which everybody knows';
  }
  // References and paths are no words to be replaced.
  if (isPlaceholder(text) && !/^[/~.$%@#]|:/u.test(text)) return 'is a word that stands for a secret';
  return undefined;
}

function listRepeated(given: readonly GivenVariable[]): ContractFinding[] {
  const seen = new Map<string, GivenVariable>();
  return given.flatMap((variable) => {
    const earlier = seen.get(variable.name);
    seen.set(variable.name, variable);
    if (earlier === undefined) return [];
    const where = earlier.line === undefined ? '' : ` (line ${earlier.line})`;
    return [
      {
        rule: 'contract-duplicate' as const,
        severity: 'warning' as const,
        name: variable.name,
        message: `${variable.name} is there twice${where}: the last one wins`,
        remedy: 'Remove one of them.',
        line: variable.line,
        contractLine: undefined,
      },
    ];
  });
}

function isAgreed(name: string, names: ReadonlySet<string>): boolean {
  return names.has(name) || (name.endsWith(FILE_SUFFIX) && names.has(name.slice(0, -FILE_SUFFIX.length)));
}

function describeUnknown({ name, line }: GivenVariable, names: readonly string[]): ContractFinding {
  const nearest = nearestName(name, names);
  return {
    rule: 'contract-unknown',
    severity: 'warning',
    name,
    message: `${name} is not in the contract`,
    remedy: nearest === undefined ? 'Add it to the contract, or remove it.' : `Did you mean ${nearest}?`,
    line,
    contractLine: undefined,
  };
}
