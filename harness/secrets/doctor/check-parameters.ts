import { readJsonMembers } from '../../manifest/json-members.js';
import { convertKey } from '../../manifest/rewrite-keys.js';
import type { StoredValue } from '../../store/value-store.js';
import { findSecret } from '../../validate/plain-secrets/find-secret.js';
import { citeCondition, citeEvent, citeStored, nameParameter } from './describe-evidence.js';
import type { DoctorCheckId } from './doctor-checks.js';
import type { Evidence, Reading, SecretChain } from './doctor-evidence.js';
import type { DoctorEvidence, DoctorFinding } from './doctor-report.js';
import { findJsonFault } from './find-json-fault.js';

/** Links credentials, parameter and JSON: what the store has, before anybody reads it. */
export function checkParameters(evidence: Evidence): DoctorFinding[] {
  return evidence.chains.flatMap((chain) =>
    chain.readings.flatMap((reading) => {
      const about = new ReadingReport(evidence, chain, reading);
      const { answer } = reading;
      if (answer.state === 'refused') return [about.describeRefusal(answer.error)];
      if (answer.state === 'missing') return [about.describeMissing()];
      if (answer.state === 'unknown') return [];
      return [...checkType(about, answer.stored), ...checkJson(about, answer.stored)];
    }),
  );
}

interface Said {
  message: string;
  remedy: string;
  /** Beside what the store has. */
  more?: readonly DoctorEvidence[];
}

/** One reading of one ExternalSecret, and what can be said about it. */
class ReadingReport {
  constructor(
    readonly evidence: Evidence,
    readonly chain: SecretChain,
    readonly reading: Reading,
  ) {}

  /** How this ExternalSecret uses the parameter. */
  get uses() {
    return this.reading.parameter.uses.filter(({ externalSecret }) => externalSecret === this.chain.name);
  }

  /** The members of the JSON that are asked for by name. */
  get properties(): string[] {
    return this.uses.flatMap(({ property }) => (property === undefined ? [] : [property]));
  }

  find(id: DoctorCheckId, { message, remedy, more = [] }: Said): DoctorFinding {
    const subject = nameParameter(this.reading);
    const evidence = [...citeStored(this.reading), ...more];
    return { id, subject, chain: this.chain.name, message, remedy, evidence };
  }

  /** What the operator says about it: condition and event. */
  cite(): DoctorEvidence[] {
    const { live } = this.chain;
    return [...citeCondition(live), ...citeEvent(this.evidence, `ExternalSecret ${this.chain.name}`)];
  }

  describeRefusal(error: Extract<Reading['answer'], { state: 'refused' }>['error']): DoctorFinding {
    const isDenied = error.code === 'STORE_ACCESS_DENIED';
    const message = isDenied
      ? 'you may not read it, so that nothing can be compared with it'
      : 'the store does not answer as it should, so that nothing can be compared with it';
    const remedy = error.remedy ?? 'Try again: sluice doctor';
    const found = this.find('store-access', {
      message,
      remedy: isDenied ? `${remedy} sluice iam policy prints the policy.` : remedy,
    });
    // Who asks here is not who asks in the cluster.
    return { ...found, chain: undefined, ...(isDenied ? { severity: 'warning' as const } : {}) };
  }

  describeMissing(): DoctorFinding {
    const { name, version, service } = this.reading.parameter;
    const what = version === undefined ? 'it is not in the store' : `it has no version ${version}`;
    const flag = service === 'SecretsManager' ? ' --store secrets-manager' : '';
    const remedy = `sluice secrets init --path ${name}${flag} makes it; sluice secrets import fills it from a file.`;
    return this.find('parameter-missing', { message: what, remedy, more: this.cite() });
  }
}

function checkType(about: ReadingReport, { type, value }: StoredValue): DoctorFinding[] {
  if (type === undefined || type === 'SecureString') return [];
  const text = value.reveal();
  const members = readJsonMembers(text).map(({ name, raw }) => ({ name, text: raw.replace(/^"|"$/gu, '') }));
  const keys = about.uses.flatMap((use) => use.keys);
  const values = members.length > 0 ? members : [...keys, ''].map((name) => ({ name, text }));
  const secrets = values
    .filter((one) => findSecret(one.name, one.text) !== undefined)
    .map(({ name }) => name);
  if (secrets.length === 0) return [];
  const named = secrets.filter((name) => name !== '').join(', ');
  const message = `it is kept in the clear (${type}), and ${named === '' ? 'its value' : named} looks like a secret`;
  const { name } = about.reading.parameter;
  const remedy = `AWS changes no type: aws ssm delete-parameter --name ${name}, then sluice secrets import it as SecureString, and rotate it.`;
  return [about.find('parameter-plain', { message, remedy })];
}

function checkJson(about: ReadingReport, { value }: StoredValue): DoctorFinding[] {
  const text = value.reveal();
  const extracts = about.uses.filter(({ kind, property }) => kind === 'extract' && property === undefined);
  const isJson = extracts.length > 0 || about.properties.length > 0;
  if (!isJson) return [];
  const fault = findJsonFault(text);
  const findings = extracts.length > 0 ? checkWhole(about, text) : [];
  if (fault !== undefined && extracts.length === 0) findings.push(describeFault(about, text, 'json-lenient'));
  return [...findings, ...checkProperties(about)];
}

function checkWhole(about: ReadingReport, text: string): DoctorFinding[] {
  if (findJsonFault(text) !== undefined) return [describeFault(about, text, 'json-broken')];
  const document = JSON.parse(text) as unknown;
  const { name } = about.reading.parameter;
  const remedy = `sluice secrets import FILE --path ${name} writes an object; sluice secrets history --path ${name} lists what was there.`;
  if (document !== null && (typeof document !== 'object' || Array.isArray(document))) {
    const kind = Array.isArray(document) ? 'a list' : `a ${typeof document}`;
    const message = `it is ${kind}, and an object of names is needed`;
    return [about.find('json-broken', { message, remedy, more: about.cite() })];
  }
  const members = readJsonMembers(text);
  if (members.length === 0) {
    const what = document === null ? 'it is null' : 'it is an object without members';
    const message = `${what}: the operator reports success, and writes no Secret`;
    return [about.find('json-empty', { message, remedy, more: about.cite() })];
  }
  return checkNames(
    about,
    members.map((member) => member.name),
  );
}

function checkNames(about: ReadingReport, names: readonly string[]): DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const { name: path } = about.reading.parameter;
  const twice = [...new Set(names.filter((name, position) => names.indexOf(name) !== position))];
  if (twice.length > 0) {
    const message = `${twice.join(', ')}: there twice; a whole object takes the last one, a single property the first`;
    const remedy = `sluice secrets set ${twice[0]} --path ${path}`;
    findings.push(about.find('json-key-twice', { message, remedy }));
  }
  const renamed = [...new Set(names)].flatMap((name) => {
    const key = convertKey(name, 'Default');
    return key === name ? [] : [`${JSON.stringify(name)} becomes ${key}`];
  });
  if (renamed.length > 0) {
    const message = `${renamed.join(', ')}: the operator renames what a Secret may not have, and says nothing`;
    const remedy = `Write it under a name of letters, digits, dots, dashes and underscores: sluice secrets set NAME --path ${path}`;
    findings.push(about.find('json-key-renamed', { message, remedy }));
  }
  return findings;
}

function describeFault(
  about: ReadingReport,
  text: string,
  id: 'json-broken' | 'json-lenient',
): DoctorFinding {
  const fault = findJsonFault(text);
  const place = fault === undefined ? '' : ` at line ${fault.line}, column ${fault.column}: ${fault.what}`;
  const message =
    id === 'json-broken'
      ? `it is no JSON${place}`
      : `it is no JSON${place}; single properties are read as far as that, whole objects are not`;
  const { name } = about.reading.parameter;
  const { answer } = about.reading;
  const number = answer.state === 'found' ? Number(answer.stored.version) : Number.NaN;
  const before = number > 1 ? String(number - 1) : 'VERSION';
  const remedy = `sluice secrets rollback ${before} --path ${name} brings the version before it back; sluice secrets import FILE --path ${name} writes it anew.`;
  return about.find(id, { message, remedy, more: id === 'json-broken' ? about.cite() : [] });
}

function checkProperties(about: ReadingReport): DoctorFinding[] {
  const missing = about.chain.expected.problems.filter(
    ({ code, message }) =>
      code === 'property-missing' && about.properties.some((name) => message.includes(` ${name};`)),
  );
  const { name } = about.reading.parameter;
  return missing.map(({ message }) =>
    about.find('json-property', {
      message: message.slice(0, message.indexOf(';')).replace(`${name} has`, 'it has'),
      remedy: `sluice secrets set ${/no property (.+);/u.exec(message)?.[1] ?? 'NAME'} --path ${name}`,
      more: about.cite(),
    }),
  );
}
