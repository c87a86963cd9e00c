import type { ReadParameter } from '../find-parameters.js';
import { type Grant, listGrants, type PolicyAudience } from './grants.js';
import { type KeyUse, listKeyGrants } from './key-grants.js';

/** A policy of IAM, as the service takes it. */
export interface IamPolicy {
  Version: '2012-10-17';
  Statement: IamStatement[];
}

export interface IamStatement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
  Condition?: IamCondition;
}

/** Operator, key of the request, values. */
export type IamCondition = Record<string, Record<string, string | string[]>>;

export interface IamPolicyOptions {
  /** Who will have it. Default `operator`. */
  audience?: PolicyAudience;
  /** Of stores that don't tell theirs. Default `*`. */
  region?: string | undefined;
  /** Number of the account. Default `*`: the policy then holds in whichever account it is in. */
  account?: string | undefined;
  /** Default `aws`. */
  partition?: string | undefined;
  /** Keys of KMS that encrypt the values, by the id that the store tells; the account's own (`alias/aws/…`) needs none. */
  keyOf?: ((parameter: ReadParameter) => readonly string[]) | undefined;
}

/**
 * The least policy under which the parameters and secrets of a release can be read, or written: their names and no
 * others, their keys and no others. Parameters of stores that are none of AWS have no part in it.
 *
 * Pure. The statements and what is in them are sorted, so that equal releases have equal policies.
 */
export function makeIamPolicy(
  parameters: readonly ReadParameter[],
  options: IamPolicyOptions = {},
): IamPolicy {
  const { audience = 'operator', region = '*', account = '*', partition = 'aws', keyOf } = options;
  const place = { region, account, partition };
  const ofAws = parameters.filter(({ service }) => service !== undefined);
  const grants = ofAws.flatMap((parameter) => listGrants(parameter, { audience, place }));
  const uses = ofAws.flatMap((parameter): KeyUse[] => {
    const keys = keyOf?.(parameter) ?? [];
    return keys.map((key) => ({ key, parameter }));
  });
  const statements = [...mergeGrants(grants), ...listKeyGrants(uses, { audience, place })];
  return { Version: '2012-10-17', Statement: statements };
}

function mergeGrants(grants: readonly Grant[]): IamStatement[] {
  const merged = new Map<string, { actions: Set<string>; resources: Set<string> }>();
  for (const { sid, actions, resources } of grants) {
    const known = merged.get(sid) ?? { actions: new Set(), resources: new Set() };
    for (const action of actions) known.actions.add(action);
    for (const resource of resources) known.resources.add(resource);
    merged.set(sid, known);
  }
  return [...merged]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([Sid, { actions, resources }]) => ({
      Sid,
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: [...resources].sort(),
    }));
}
