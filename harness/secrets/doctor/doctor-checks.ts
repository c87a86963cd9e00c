/** The links between the store and the process, in the order in which a value passes them; `practice` is beside the chain. */
export const DOCTOR_LINKS = [
  'credentials',
  'parameter',
  'json',
  'store',
  'operator',
  'external-secret',
  'secret',
  'references',
  'pods',
  'process',
  'practice',
] as const;

export type DoctorLink = (typeof DOCTOR_LINKS)[number];

/** Something that is looked at. */
export interface DoctorCheck {
  id: string;
  link: DoctorLink;
  /** `error`: values do not arrive, or must not stay as they are. `warning`: probably not what was meant. */
  severity: 'error' | 'warning';
  /** What holds where all is well. */
  title: string;
}

/** Where each check is explained: an anchor a check. */
export const DOCTOR_PAGE = 'docs/doctor.md';

/** Every check, in the order of the chain. Ids never change their meaning. */
export const DOCTOR_CHECKS = [
  check('store-access', 'credentials', 'error', 'The store answers, and lets you read.'),
  check('parameter-missing', 'parameter', 'error', 'Every parameter that is read is there.'),
  check('parameter-plain', 'parameter', 'error', 'Secrets are kept encrypted, as SecureString.'),
  check('json-broken', 'json', 'error', 'What is read as JSON is JSON.'),
  check('json-lenient', 'json', 'warning', 'Broken JSON is not read by luck.'),
  check('json-empty', 'json', 'error', 'A JSON object has members.'),
  check('json-property', 'json', 'error', 'Every member that is asked for is there.'),
  check('json-key-twice', 'json', 'warning', 'No member is there twice.'),
  check('json-key-renamed', 'json', 'warning', 'Members have names that a Secret may have.'),
  check('store-missing', 'store', 'error', 'The SecretStore is in the cluster.'),
  check('store-failing', 'store', 'error', 'The SecretStore is ready.'),
  check('operator-missing', 'operator', 'error', 'The operator is installed.'),
  check('operator-silent', 'operator', 'error', 'The operator works.'),
  check('external-secret-missing', 'external-secret', 'error', 'The ExternalSecret is in the cluster.'),
  check('external-secret-failing', 'external-secret', 'error', 'The ExternalSecret is synced.'),
  check('external-secret-frozen', 'external-secret', 'error', 'What has changed will be read again.'),
  check('secret-missing', 'secret', 'error', 'The Secret is there.'),
  check('secret-different', 'secret', 'error', 'The Secret holds what the store holds.'),
  check('secret-partial', 'secret', 'error', 'The Secret has every key.'),
  check('secret-adopted', 'secret', 'error', 'No Secret of somebody else is about to be written over.'),
  check('secret-two-writers', 'secret', 'error', 'One ExternalSecret alone writes the Secret.'),
  check('reference-missing', 'references', 'error', 'What pods ask for is there, with its keys.'),
  check('secret-unused', 'references', 'warning', 'Some workload reads the Secret.'),
  check('pod-failing', 'pods', 'error', 'The pods start.'),
  check('process-outdated', 'process', 'error', 'The processes were started with what the Secret holds now.'),
  check('contract-missing', 'practice', 'error', 'Every required variable is there.'),
  check('contract-empty', 'practice', 'error', 'No required variable is empty.'),
  check('contract-format', 'practice', 'error', 'Values look as the contract says.'),
  check('contract-insecure-default', 'practice', 'error', 'No value is one of an example.'),
  check('contract-exposed', 'practice', 'error', 'No secret stands where everybody can read it.'),
  check('contract-unknown', 'practice', 'warning', 'Every variable of a Secret is in the contract.'),
  check('value-weak', 'practice', 'warning', 'Secrets are long and mixed.'),
  check('value-shared', 'practice', 'error', 'No other environment has the same secret.'),
  check('rotation-overdue', 'practice', 'error', 'Secrets are rotated as often as the contract says.'),
  check('refresh-cost', 'practice', 'warning', 'Refreshing leaves room in the request limit of the store.'),
] as const satisfies readonly DoctorCheck[];

export type DoctorCheckId = (typeof DOCTOR_CHECKS)[number]['id'];

/** The check of an id. */
export function findCheck(id: DoctorCheckId): DoctorCheck {
  const found = DOCTOR_CHECKS.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
}

function check<const Id extends string>(
  id: Id,
  link: DoctorLink,
  ...[severity, title]: [DoctorCheck['severity'], string]
): DoctorCheck & { id: Id } {
  return { id, link, severity, title };
}
