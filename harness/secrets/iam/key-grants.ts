import type { ReadParameter } from '../find-parameters.js';
import { type AwsPlace, formatParameterArn, formatSecretArn, type PolicyAudience } from './grants.js';
import type { IamCondition, IamStatement } from './iam-policy.js';

/** A value that a key encrypts. */
export interface KeyUse {
  /** ARN, id, or alias, as the store tells it. */
  key: string;
  parameter: ReadParameter;
}

/** The account's own keys: their policies let everybody in who may read the value. */
const MANAGED = /(?:^|[:/])alias\/aws\//u;

/**
 * Statements for the keys: only for these values, and only through the service that keeps them. A key is then of no use
 * for anything else.
 */
export function listKeyGrants(
  uses: readonly KeyUse[],
  { audience, place }: { audience: PolicyAudience; place: AwsPlace },
): IamStatement[] {
  const groups = new Map<string, KeyUse[]>();
  for (const use of uses) {
    if (MANAGED.test(use.key)) continue;
    const { service = '', storeSpec } = use.parameter;
    const id = JSON.stringify([service, storeSpec?.region ?? place.region, use.key]);
    groups.set(id, [...(groups.get(id) ?? []), use]);
  }
  return [...groups]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([id, members], index) => {
      const [service, region, key] = JSON.parse(id) as [string, string, string];
      const where = { ...place, region };
      return {
        Sid: `UseKey${index + 1}`,
        Effect: 'Allow',
        Action: listActions(service, audience),
        Resource: [formatKeyArn(key, where)],
        Condition: makeCondition(members, { service, key, place: where }),
      };
    });
}

function listActions(service: string, audience: PolicyAudience): string[] {
  if (audience !== 'writer') return ['kms:Decrypt'];
  // Parameters of the tier Standard are encrypted by the key itself, Advanced ones and secrets by a key that it makes.
  return service === 'ParameterStore'
    ? ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey']
    : ['kms:Decrypt', 'kms:GenerateDataKey'];
}

/** A policy may not name an alias: there the key is told by a condition. */
function formatKeyArn(key: string, { partition, region, account }: AwsPlace): string {
  if (key.startsWith('arn:') && !key.includes(':alias/')) return key;
  const id = isAlias(key) ? '*' : key;
  return `arn:${partition}:kms:${region}:${account}:key/${id}`;
}

function isAlias(key: string): boolean {
  return /(?:^|:)alias\//u.test(key);
}

function makeCondition(
  uses: readonly KeyUse[],
  { service, key, place }: { service: string; key: string; place: AwsPlace },
): IamCondition {
  const isParameters = service === 'ParameterStore';
  const context = isParameters ? 'PARAMETER_ARN' : 'SecretARN';
  const arns = uses.map(({ parameter: { name, uses: kinds } }) => {
    const isFind = kinds.every(({ kind }) => kind === 'find');
    const path = isFind ? `${name.replace(/\/+$/u, '')}/*` : name;
    return isParameters
      ? formatParameterArn(path, place)
      : formatSecretArn(isFind ? `${name}*` : name, place);
  });
  const host = `${isParameters ? 'ssm' : 'secretsmanager'}.${place.region}.amazonaws.com`;
  return {
    StringLike: {
      [`kms:EncryptionContext:${context}`]: [...new Set(arns)].sort(),
      'kms:ViaService': host,
    },
    ...(isAlias(key)
      ? { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': key.slice(key.indexOf('alias/')) } }
      : {}),
  };
}
