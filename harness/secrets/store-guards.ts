import { Buffer } from 'node:buffer';
import { SluiceError } from '../errors.js';
import { isDataKey } from '../manifest/env-name.js';
import type { SecretValue } from '../manifest/secret-value.js';
import type { ParameterTier, ParameterType, StoreService } from '../store/value-store.js';

/** What a tier of Parameter Store, and Secrets Manager, take at most, in bytes of UTF-8. */
export const MAXIMUM_BYTES = { Standard: 4096, Advanced: 8192, SecretsManager: 65_536 } as const;

/** A write that is about to be made. */
export interface PlannedWrite {
  service: StoreService;
  name: string;
  value: SecretValue;
  /** Type it will have; undefined: as it is. */
  type?: ParameterType | undefined;
  /** Tier it will have. Default `Standard`. */
  tier?: ParameterTier | undefined;
  /** Type it has now; undefined where there is none yet. */
  presentType?: ParameterType | undefined;
}

/**
 * Refuses what AWS would refuse, or would take and nobody could read: emulators check none of it.
 *
 * @throws SluiceError `STORE_NAME_INVALID`, `STORE_TYPE_CHANGE`, `STORE_VALUE_TOO_LARGE`, `STORE_VALUE_INVALID`;
 * exit code 2. None shows the value.
 */
export function guardWrite(write: PlannedWrite): void {
  const { service, name, value } = write;
  guardName(service, name);
  guardText(service, name, value);
  if (service !== 'ParameterStore') {
    if (service === 'SecretsManager') guardSize(name, value, ['a secret', MAXIMUM_BYTES.SecretsManager]);
    return;
  }
  const { type, presentType, tier = 'Standard' } = write;
  if (type !== undefined && presentType !== undefined && type !== presentType) {
    throw new SluiceError({
      code: 'STORE_TYPE_CHANGE',
      message: `${name}: is a ${presentType} and can't become a ${type}`,
      remedy: `AWS refuses it. Write it under a new name, point the chart there, and delete the old one; or keep --type ${presentType}.`,
      exitCode: 2,
    });
  }
  const limit = tier === 'Standard' ? MAXIMUM_BYTES.Standard : MAXIMUM_BYTES.Advanced;
  guardSize(name, value, [`a ${tier} parameter`, limit]);
}

/**
 * Refuses a name that the service does not take.
 *
 * Parameter Store: `A-Z a-z 0-9 _ . - /`, a leading `/` where there is any, 15 levels, 1011 characters, not beginning
 * with `aws` or `ssm` (AWS documentation of PutParameter). Secrets Manager: those and `+ = @`, 512 characters.
 */
export function guardName(service: StoreService, name: string): void {
  const fault = service === 'ParameterStore' ? findParameterFault(name) : findSecretFault(service, name);
  if (fault === undefined) return;
  throw new SluiceError({
    code: 'STORE_NAME_INVALID',
    message: `${name}: ${fault}`,
    remedy: 'Nothing was written: AWS would refuse it. Correct the path in the chart’s values, or --path.',
    exitCode: 2,
  });
}

/** Refuses a key that no Secret can hold: the operator would turn it into another one and say nothing. */
export function guardKey(key: string): void {
  if (isDataKey(key)) return;
  throw new SluiceError({
    code: 'STORE_KEY_INVALID',
    message: 'a key is no valid key of a Secret',
    // Not shown: it may be a value that was typed in the place of a name.
    evidence: `It has ${key.length} characters; letters, digits, "-", "_" and "." are allowed.`,
    remedy: 'The operator would turn it into another name and say nothing.',
    exitCode: 2,
  });
}

function findParameterFault(name: string): string | undefined {
  if (!/^[\w./-]+$/u.test(name))
    return 'only letters, digits, "_", ".", "-" and "/" may be in the name of a parameter';
  if (name.includes('/') && !name.startsWith('/')) return 'a name with levels begins with "/"';
  if (name.includes('//') || (name.length > 1 && name.endsWith('/')) || name === '/')
    return 'a level of the name is empty';
  const levels = name.split('/').filter((level) => level !== '');
  if (levels.length > 15) return `${levels.length} levels are more than the 15 that AWS takes`;
  if (name.length > 1011) return `${name.length} characters are more than the 1011 that AWS takes`;
  if (/^(?:aws|ssm)/iu.test(levels[0] ?? '')) return 'names that begin with "aws" or "ssm" are AWS’s own';
  return undefined;
}

function findSecretFault(service: StoreService, name: string): string | undefined {
  if (service === 'Dotenv') return undefined;
  if (!/^[\w/+=.@-]+$/u.test(name)) return 'only letters, digits and /_+=.@- may be in the name of a secret';
  return name.length > 512 ? `${name.length} characters are more than the 512 that AWS takes` : undefined;
}

function guardText(service: StoreService, name: string, value: SecretValue): void {
  const text = value.reveal();
  const fault = findTextFault(service, text);
  if (fault === undefined) return;
  throw new SluiceError({
    code: 'STORE_VALUE_INVALID',
    message: `${name}: the value ${fault}`,
    remedy: 'Nothing was written.',
    exitCode: 2,
  });
}

function findTextFault(service: StoreService, text: string): string | undefined {
  if (text === '') return 'is empty, which AWS refuses';
  if (text.includes('\0')) return 'holds a NUL character, which no environment variable can';
  if (/\p{Surrogate}/u.test(text)) return 'is no valid Unicode';
  if (service === 'ParameterStore' && /\{\{[\s\S]*?\}\}/u.test(text)) {
    return 'holds {{ }}, which Parameter Store takes for a reference to another parameter and refuses';
  }
  return undefined;
}

function guardSize(name: string, value: SecretValue, [what, limit]: readonly [string, number]): void {
  const bytes = Buffer.byteLength(value.reveal());
  if (bytes <= limit) return;
  const mayGrow = limit === MAXIMUM_BYTES.Standard && bytes <= MAXIMUM_BYTES.Advanced;
  throw new SluiceError({
    code: 'STORE_VALUE_TOO_LARGE',
    message: `${name}: ${bytes} bytes are more than the ${limit} of ${what}`,
    remedy: mayGrow
      ? '--tier Advanced takes 8192 bytes and costs money; or spread the keys over two parameters.'
      : 'Spread the keys over several parameters, or keep them in Secrets Manager (64 kB).',
    exitCode: 2,
  });
}
