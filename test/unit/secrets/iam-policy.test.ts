import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { ParameterUse, ReadParameter } from '../../../harness/secrets/find-parameters.js';
import { formatTerraform, TERRAFORM_PLACE } from '../../../harness/secrets/iam/format-terraform.js';
import { type IamPolicyOptions, makeIamPolicy } from '../../../harness/secrets/iam/iam-policy.js';

const place = { region: 'eu-west-1', account: '123456789012' };

function use(kind: ParameterUse['kind'], more: Partial<ParameterUse> = {}): ParameterUse {
  return { externalSecret: 'web', target: 'web', kind, keys: [], ...more };
}

function parameter(name: string, more: Partial<ReadParameter> = {}): ReadParameter {
  const store = { kind: 'ClusterSecretStore', name: 'aws' } as const;
  return { service: 'ParameterStore', store, name, uses: [use('extract')], ...more };
}

/** Each statement as `Sid: actions on resources`. */
function tell(parameters: readonly ReadParameter[], options: IamPolicyOptions = {}): string[] {
  return makeIamPolicy(parameters, { ...place, ...options }).Statement.map(
    ({ Sid, Action, Resource }) => `${Sid}: ${Action.join(' ')} on ${Resource.join(' ')}`,
  );
}

const SSM = 'arn:aws:ssm:eu-west-1:123456789012:parameter';
const SM = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret';

describe('the operator may', () => {
  it('read each parameter by its name, once, in order', () => {
    const read = [
      parameter('/b/prod/x'),
      parameter('/a/prod/y'),
      parameter('plain'),
      parameter('/a/prod/y', { version: '3' }),
    ];
    expect(tell(read)).toEqual([
      `ReadParameters: ssm:GetParameter on ${SSM}/a/prod/y ${SSM}/b/prod/x ${SSM}/plain`,
    ]);
  });

  it('read a secret by its name and the six characters of AWS, so none whose name only begins so', () => {
    expect(tell([parameter('shop/prod/db', { service: 'SecretsManager' })])).toEqual([
      `ReadSecrets: secretsmanager:GetSecretValue on ${SM}:shop/prod/db-??????`,
    ]);
  });

  it('search below a path', () => {
    expect(tell([parameter('/shop/prod/config', { uses: [use('find')] })])).toEqual([
      `FindParameters: ssm:GetParametersByPath on ${SSM}/shop/prod/config ${SSM}/shop/prod/config/*`,
    ]);
  });

  it('search by tags, which AWS allows for all or none', () => {
    expect(tell([parameter('/shop', { uses: [use('find', { readsTags: true })] })])).toEqual([
      'ListParameters: ssm:DescribeParameters on *',
      `ReadParameters: ssm:GetParameter on ${SSM}/shop/*`,
    ]);
  });

  it('search secrets by how their names begin', () => {
    const find = parameter('shop/prod', { service: 'SecretsManager', uses: [use('find')] });
    expect(tell([find])).toEqual([
      'ListSecrets: secretsmanager:BatchGetSecretValue secretsmanager:ListSecrets on *',
      `ReadSecrets: secretsmanager:GetSecretValue on ${SM}:shop/prod*`,
    ]);
  });

  it('read the tags alone where only tags are wanted', () => {
    expect(tell([parameter('/a', { uses: [use('value', { readsTags: true })] })])).toEqual([
      `ReadParameterTags: ssm:ListTagsForResource on ${SSM}/a`,
    ]);
  });

  it('read in the region that its store says', () => {
    expect(tell([parameter('/a', { storeSpec: { region: 'us-east-2' } })])).toEqual([
      'ReadParameters: ssm:GetParameter on arn:aws:ssm:us-east-2:123456789012:parameter/a',
    ]);
  });

  it('do nothing in stores that are none of AWS', () => {
    expect(tell([parameter('secret/x', { service: undefined })])).toEqual([]);
  });

  it('read what is named by its ARN', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:999999999999:secret:shared-AbCdEf';
    expect(tell([parameter(arn, { service: 'SecretsManager' })])).toEqual([
      `ReadSecrets: secretsmanager:GetSecretValue on ${arn}`,
    ]);
  });
});

describe('keys of KMS', () => {
  const keyOf = (key: string) => ({ keyOf: () => [key] });
  const keyStatement = (key: string, options: IamPolicyOptions = {}, one = parameter('/a/x')) =>
    makeIamPolicy([one], { ...place, ...keyOf(key), ...options }).Statement.find(
      ({ Sid }) => Sid === 'UseKey1',
    );

  it('are usable for these values alone, through the service that keeps them', () => {
    expect(keyStatement('1111-2222')).toEqual({
      Sid: 'UseKey1',
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: ['arn:aws:kms:eu-west-1:123456789012:key/1111-2222'],
      Condition: {
        StringLike: {
          'kms:EncryptionContext:PARAMETER_ARN': [`${SSM}/a/x`],
          'kms:ViaService': 'ssm.eu-west-1.amazonaws.com',
        },
      },
    });
  });

  it('are told by a condition where only their alias is known', () => {
    expect(keyStatement('alias/shop')).toMatchObject({
      Resource: ['arn:aws:kms:eu-west-1:123456789012:key/*'],
      Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/shop' } },
    });
  });

  it('are taken as they are where their ARN is known', () => {
    const arn = 'arn:aws:kms:eu-west-1:999999999999:key/1111-2222';
    expect(keyStatement(arn)?.Resource).toEqual([arn]);
  });

  it.each(['alias/aws/ssm', 'arn:aws:kms:eu-west-1:123456789012:alias/aws/secretsmanager'])(
    '%s is the account’s own and needs no leave',
    (key) => {
      expect(keyStatement(key)).toBeUndefined();
    },
  );

  it('encrypt, too, for who writes', () => {
    expect(keyStatement('k', { audience: 'writer' })?.Action).toEqual([
      'kms:Decrypt',
      'kms:Encrypt',
      'kms:GenerateDataKey',
    ]);
    expect(keyStatement('k', { audience: 'developer' })?.Action).toEqual(['kms:Decrypt']);
  });

  it('are told apart by service', () => {
    const secret = parameter('shop/db', { service: 'SecretsManager' });
    expect(keyStatement('k', {}, secret)?.Condition).toEqual({
      StringLike: {
        'kms:EncryptionContext:SecretARN': [`${SM}:shop/db-??????`],
        'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com',
      },
    });
  });
});

test('who writes may read and write these parameters, and list which there are', () => {
  expect(tell([parameter('/a/x')], { audience: 'writer' })).toEqual([
    'ListParameters: ssm:DescribeParameters on *',
    `ReadParameters: ssm:GetParameter ssm:GetParameterHistory ssm:GetParameters on ${SSM}/a/x`,
    `WriteParameters: ssm:AddTagsToResource ssm:PutParameter on ${SSM}/a/x`,
  ]);
});

test('who runs programs may not write', () => {
  for (const service of ['ParameterStore', 'SecretsManager'] as const) {
    const written = tell([parameter('/a/x', { service })], { audience: 'developer' });
    expect(written.join()).not.toMatch(/Put|Create|Update|Tag(?!s)|Delete/u);
  }
});

const names = fc.stringMatching(/^\/?[a-zA-Z0-9_.-]{1,12}(\/[a-zA-Z0-9_.-]{1,12}){0,3}$/u);

test('nobody but the lister is given a resource that the release does not read', () => {
  fc.assert(
    fc.property(
      fc.array(names, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('operator', 'writer' as const),
      (list, audience) => {
        const policy = makeIamPolicy(
          list.map((name) => parameter(name)),
          { ...place, audience },
        );
        const resources = policy.Statement.filter(({ Sid }) => !Sid.startsWith('List')).flatMap(
          ({ Resource }) => Resource,
        );
        const expected = new Set(list.map((name) => `${SSM}/${name.replace(/^\//u, '')}`));
        expect(new Set(resources)).toEqual(expected);
      },
    ),
  );
});

test('the order in which a release names its parameters changes nothing', () => {
  fc.assert(
    fc.property(fc.array(names, { minLength: 2, maxLength: 6 }), (list) => {
      const one = list.map((name) => parameter(name));
      expect(makeIamPolicy(one.toReversed(), place)).toEqual(makeIamPolicy(one, place));
    }),
  );
});

describe('Terraform', () => {
  it('is given references for what it finds out by itself', () => {
    const policy = makeIamPolicy([parameter('/a/x')], TERRAFORM_PLACE);
    expect(formatTerraform(policy, 'shop-prod')).toBe(`data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

data "aws_iam_policy_document" "shop_prod" {
  statement {
    sid       = "ReadParameters"
    actions   = ["ssm:GetParameter"]
    resources = ["arn:\${data.aws_partition.current.partition}:ssm:\${data.aws_region.current.id}:\${data.aws_caller_identity.current.account_id}:parameter/a/x"]
  }
}

resource "aws_iam_policy" "shop_prod" {
  name   = "shop-prod"
  policy = data.aws_iam_policy_document.shop_prod.json
}
`);
  });

  it('asks for nothing that is known', () => {
    const text = formatTerraform(makeIamPolicy([parameter('/a/x')], place), 'p');
    expect(text).not.toContain('data "aws_region"');
    expect(text).toContain(`"${SSM}/a/x"`);
  });

  it('takes no name for a template of its own', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z"\\${}%]{1,12}$/u), (name) => {
        const text = formatTerraform(makeIamPolicy([parameter(`/${name}`)], place), 'p');
        const line = text.split('\n').find((one) => one.includes('resources'))!;
        const quoted = /\["(.*)"\]$/u.exec(line)![1]!;
        const unescaped = JSON.parse(`"${quoted.replaceAll('$${', '${').replaceAll('%%{', '%{')}"`) as string;
        expect(unescaped).toBe(`${SSM}/${name}`);
        expect(quoted.replaceAll('$${', '').replaceAll('%%{', '')).not.toMatch(/[$%]\{/u);
      }),
    );
  });
});
