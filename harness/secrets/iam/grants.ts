import type { ReadParameter } from '../find-parameters.js';

/**
 * `operator`: external-secrets, as of 0.20.4. `developer`: who runs `sluice run`, `doctor` and `secrets get`. `writer`:
 * who runs `sluice secrets set` and `rotate`, too.
 */
export type PolicyAudience = 'operator' | 'developer' | 'writer';

export const POLICY_AUDIENCES: readonly PolicyAudience[] = ['operator', 'developer', 'writer'];

/** Where resources are. */
export interface AwsPlace {
  partition: string;
  region: string;
  account: string;
}

/** Actions on resources. Grants of one `sid` become one statement: they have the same actions. */
export interface Grant {
  sid: string;
  actions: readonly string[];
  resources: readonly string[];
}

interface GrantContext {
  audience: PolicyAudience;
  place: AwsPlace;
}

/** What an audience needs for one parameter or secret. */
export function listGrants(parameter: ReadParameter, { audience, place }: GrantContext): Grant[] {
  const region = parameter.storeSpec?.region ?? place.region;
  const context = { audience, place: { ...place, region } };
  return parameter.service === 'SecretsManager'
    ? listSecretGrants(parameter, context)
    : listParameterGrants(parameter, context);
}

/** The ARN of a parameter: its name without the first slash. */
export function formatParameterArn(name: string, { partition, region, account }: AwsPlace): string {
  if (name.startsWith('arn:')) return name;
  return `arn:${partition}:ssm:${region}:${account}:parameter/${name.replace(/^\//u, '')}`;
}

/** The ARN of a secret: AWS puts a hyphen and six characters of its own after the name. */
export function formatSecretArn(name: string, place: AwsPlace): string {
  return name.startsWith('arn:') ? name : `${formatSecretName(name, place)}-??????`;
}

function formatSecretName(name: string, { partition, region, account }: AwsPlace): string {
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}`;
}

const READ_PARAMETER = ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:GetParameters'];
const READ_SECRET = [
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetSecretValue',
  'secretsmanager:ListSecretVersionIds',
];

function listParameterGrants({ name, uses }: ReadParameter, { audience, place }: GrantContext): Grant[] {
  const finds = uses.filter(({ kind }) => kind === 'find');
  const isNamed = uses.length > finds.length;
  const below = listBelow(name, place);
  const exact = isNamed ? [formatParameterArn(name, place)] : [];
  if (audience !== 'operator') {
    const resources = [...exact, ...(finds.length > 0 ? below.slice(-1) : [])];
    const grants: Grant[] = [
      { sid: 'ReadParameters', actions: READ_PARAMETER, resources },
      { sid: 'ListParameters', actions: ['ssm:DescribeParameters'], resources: ['*'] },
    ];
    if (audience === 'writer') {
      const actions = ['ssm:AddTagsToResource', 'ssm:PutParameter'];
      grants.push({ sid: 'WriteParameters', actions, resources });
    }
    return grants;
  }
  const grants: Grant[] = [];
  if (uses.some(({ kind, readsTags }) => kind !== 'find' && !readsTags)) {
    grants.push({ sid: 'ReadParameters', actions: ['ssm:GetParameter'], resources: exact });
  }
  if (uses.some(({ kind, readsTags }) => kind !== 'find' && readsTags)) {
    grants.push({ sid: 'ReadParameterTags', actions: ['ssm:ListTagsForResource'], resources: exact });
  }
  if (finds.some(({ readsTags }) => !readsTags)) {
    grants.push({ sid: 'FindParameters', actions: ['ssm:GetParametersByPath'], resources: below });
  }
  if (finds.some(({ readsTags }) => readsTags)) {
    // The search by tags lists everything there is, and then reads what it wants one by one.
    grants.push({ sid: 'ListParameters', actions: ['ssm:DescribeParameters'], resources: ['*'] });
    grants.push({ sid: 'ReadParameters', actions: ['ssm:GetParameter'], resources: below.slice(-1) });
  }
  return grants;
}

/** A path itself, which a search is asked for, and everything below it. */
function listBelow(path: string, place: AwsPlace): string[] {
  const folder = path.replace(/\/+$/u, '');
  return folder === ''
    ? [formatParameterArn('*', place)]
    : [formatParameterArn(folder, place), formatParameterArn(`${folder}/*`, place)];
}

function listSecretGrants({ name, uses }: ReadParameter, { audience, place }: GrantContext): Grant[] {
  const finds = uses.filter(({ kind }) => kind === 'find');
  const exact = uses.length > finds.length ? [formatSecretArn(name, place)] : [];
  // A search goes by how names begin; `/` stands for one without a path.
  const found = finds.length === 0 ? [] : [formatSecretName(`${name === '/' ? '' : name}*`, place)];
  if (audience !== 'operator') {
    const resources = [...exact, ...found];
    const grants: Grant[] = [
      { sid: 'ReadSecrets', actions: READ_SECRET, resources },
      {
        sid: 'ListSecrets',
        actions: ['secretsmanager:BatchGetSecretValue', 'secretsmanager:ListSecrets'],
        resources: ['*'],
      },
    ];
    if (audience === 'writer') grants.push(...listSecretWrites(name, resources, place));
    return grants;
  }
  const grants: Grant[] = [];
  if (uses.some(({ kind, readsTags }) => kind !== 'find' && !readsTags)) {
    grants.push({ sid: 'ReadSecrets', actions: ['secretsmanager:GetSecretValue'], resources: exact });
  }
  if (uses.some(({ kind, readsTags }) => kind !== 'find' && readsTags)) {
    grants.push({ sid: 'ReadSecretTags', actions: ['secretsmanager:DescribeSecret'], resources: exact });
  }
  if (finds.length > 0) {
    const actions = ['secretsmanager:BatchGetSecretValue', 'secretsmanager:ListSecrets'];
    grants.push({ sid: 'ListSecrets', actions, resources: ['*'] });
    grants.push({ sid: 'ReadSecrets', actions: ['secretsmanager:GetSecretValue'], resources: found });
  }
  return grants;
}

function listSecretWrites(name: string, resources: readonly string[], place: AwsPlace): Grant[] {
  return [
    {
      sid: 'WriteSecrets',
      actions: [
        'secretsmanager:PutSecretValue',
        'secretsmanager:TagResource',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      resources,
    },
    {
      sid: 'CreateSecrets',
      actions: ['secretsmanager:CreateSecret'],
      // What is yet to be made has no six characters.
      resources: [...resources, ...(name.startsWith('arn:') ? [] : [formatSecretName(name, place)])],
    },
  ];
}
