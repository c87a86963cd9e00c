import { formatConditions } from '../../kube/wait-for-condition.js';
import type { KubernetesObject } from '../../manifest/manifest.js';
import { hideCharacters } from '../refresh.js';
import type { Evidence, Looked, Reading, SecretChain } from './doctor-evidence.js';
import type { DoctorEvidence } from './doctor-report.js';

/** `ExternalSecret shop/shop-app`. */
export function nameChain({ namespace }: Evidence, { name }: SecretChain): string {
  return `ExternalSecret ${namespace}/${name}`;
}

/** `Secret shop/shop-app`. */
export function nameSecret({ namespace }: Evidence, { target = '' }: SecretChain): string {
  return `Secret ${namespace}/${target}`;
}

/** `parameter /shop/prod/app`, or `secret shop/prod/app` of Secrets Manager. */
export function nameParameter({ parameter }: Reading): string {
  const what = parameter.service === 'SecretsManager' ? 'secret' : 'parameter';
  return `${what} ${parameter.name}`;
}

/** An object's conditions as evidence; nothing where it is not there. */
export function citeCondition(object: Looked | undefined): DoctorEvidence[] {
  if (object === undefined || typeof object === 'string') return [];
  return [{ from: 'condition', text: formatConditions(object) }];
}

/** The newest warning about an object. */
export function citeEvent({ events }: Evidence, about: string): DoctorEvidence[] {
  const found = events.findLast((event) => event.type === 'Warning' && event.about === about);
  if (found === undefined) return [];
  const times = found.count === 1 ? '' : ` (${found.count} times)`;
  return [{ from: 'event', text: `${found.reason}${times}: ${hideCharacters(found.message)}` }];
}

/** What the store has: version, date, length; never the value. */
export function citeStored(reading: Reading): DoctorEvidence[] {
  const { answer } = reading;
  if (answer.state === 'missing')
    return [{ from: 'store', text: `${nameParameter(reading)}: there is none` }];
  if (answer.state === 'refused') {
    const { shortMessage, evidence } = answer.error;
    return [{ from: 'store', text: evidence === undefined ? shortMessage : `${shortMessage} (${evidence})` }];
  }
  if (answer.state === 'unknown') return [];
  const { version, type, modifiedAt, value } = answer.stored;
  const parts = [
    `version ${version}`,
    ...(modifiedAt === undefined ? [] : [`written ${formatTime(modifiedAt)}`]),
    ...(type === undefined ? [] : [type]),
    `${value.length} characters`,
  ];
  return [{ from: 'store', text: `${nameParameter(reading)}: ${parts.join(', ')}` }];
}

/** To the second, in UTC. */
export function formatTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/u, 'Z');
}

/** `45 s`, `12 min`, `3 h`, `91 days`. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
}

/** True for an object that is there. */
export function isThere(object: Looked | undefined): object is KubernetesObject {
  return object !== undefined && typeof object !== 'string';
}
