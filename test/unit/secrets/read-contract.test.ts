import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseContract, readContract } from '../../../harness/secrets/contract/read-contract.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

test('every entry of a contract is read, in the order of the file, with its line', async () => {
  const contract = await parseContract(
    `# ours
variables:
  JWT_SECRET_KEY:
    description: HMAC key for signing JWTs
    required: true
    category: Security
    format: {minLength: 32}
    rotateEvery: 90d
    rotateWhen: on compromise
    generate: {type: hex, bytes: 32}
    insecureDefaults: [changeme, 12345]
  LOG_LEVEL:
    description: Logging verbosity
    source: config
    format: {oneOf: [debug, info]}
    default: info
  S3_ACCESS_KEY:
    description: Key of the object store
    source: {service: SecretsManager, path: "shop/{environment}/s3", property: access_key}
    workloads: [Deployment/web]
`,
    'contract.yaml',
  );
  expect(contract.entries).toMatchObject([
    {
      name: 'JWT_SECRET_KEY',
      line: 3,
      required: true,
      secret: true,
      category: 'Security',
      rotateEvery: '90d',
      rotateEveryMs: 90 * 86_400_000,
      rotateWhen: 'on compromise',
      format: { minLength: 32 },
      generate: { type: 'hex', bytes: 32 },
      insecureDefaults: ['changeme', '12345'],
      workloads: undefined,
    },
    {
      name: 'LOG_LEVEL',
      line: 12,
      required: false,
      secret: false,
      source: { kind: 'config' },
      default: 'info',
    },
    {
      name: 'S3_ACCESS_KEY',
      secret: true,
      source: {
        kind: 'parameter',
        service: 'SecretsManager',
        path: 'shop/{environment}/s3',
        property: 'access_key',
      },
      workloads: ['Deployment/web'],
    },
  ]);
});

test('numbers and words of a contract stay exactly as they are written', async () => {
  const scalars = ['30', '010', '1e3', '0.10', 'true', 'No', '~ x', '0x1F', '10000000000000000000'];
  const { entries } = await parseContract(
    `variables:\n${scalars.map((text, index) => `  V${index}: {description: d, default: ${text}}`).join('\n')}\n`,
    'c.yaml',
  );
  expect(entries.map((entry) => entry.default)).toEqual(scalars);
});

test.each([
  { text: '', line: 1, evidence: 'the document must be object' },
  { text: 'variables: []', line: 1, evidence: 'variables must be object' },
  { text: 'variabels: {}', line: 1, evidence: /required property 'variables'|variabels is not known/u },
  {
    text: 'variables:\n  A: {}',
    line: 2,
    evidence: /variables.A must have required property 'description'/u,
  },
  {
    text: 'variables:\n  A:\n    description: d\n    requird: true',
    line: 4,
    evidence: 'variables.A.requird is not known',
  },
  {
    text: 'variables:\n  A:\n    description: d\n    required: maybe',
    line: 4,
    evidence: /required must be boolean/u,
  },
  { text: 'variables:\n  A-B:\n    description: d', line: 2, evidence: '"A-B" is no name for a variable' },
  { text: 'variables:\n  A: {description: d}\n  A: {description: e}', line: 3, evidence: /unique/u },
  {
    text: 'variables:\n  A:\n    description: d\n    rotateEvery: monthly',
    line: 4,
    evidence: /such as 90d/u,
  },
  {
    text: 'variables:\n  A:\n    description: d\n    format: nubmer',
    line: 4,
    evidence: /must be one of integer, number/u,
  },
  {
    text: 'variables:\n  A:\n    description: d\n    format: {pattern: "("}',
    line: 4,
    evidence: /regular expression/u,
  },
  {
    text: 'variables:\n  A:\n    description: d\n    source: vault',
    line: 4,
    evidence: /must be one of config, secret/u,
  },
  { text: 'variables:\n  A:\n    description: d\n    source: {property: x}', line: 4, evidence: /'path'/u },
  {
    text: 'variables:\n  A:\n    description: d\n    generate: {type: uuid}',
    line: 4,
    evidence: /must be one of hex/u,
  },
  {
    text: 'variables:\n  A:\n    description: d\n    generate: {type: hex, bytes: 2}',
    line: 4,
    evidence: />= 8/u,
  },
  {
    text: 'variables:\n  A:\n    description: d\n    generate: {type: hex, lenght: 2}',
    line: 4,
    evidence: /lenght is not known/u,
  },
  {
    text: 'variables:\n  A:\n    description: d\n    source: config\n    rotateEvery: 1d',
    line: 5,
    evidence: 'variables.A.rotateEvery is for secrets, but its source is config',
  },
  { text: 'variables: {', line: 1, evidence: /./u },
])('$evidence: said of a contract with its line', async ({ text, line, evidence }) => {
  await expect(parseContract(text, 'c.yaml')).rejects.toMatchObject({
    code: 'CONTRACT_FILE',
    exitCode: 2,
    shortMessage: `c.yaml:${line}: not a contract that sluice understands`,
    evidence: expect.stringMatching(evidence),
  });
});

test('no text makes the reader fail in a way of its own', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.object().map((value) => JSON.stringify({ variables: value })),
      ),
      async (text) => {
        const error: unknown = await parseContract(text, 'c.yaml').then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error !== undefined) expect(error).toMatchObject({ code: 'CONTRACT_FILE' });
      },
    ),
  );
});

test('a contract that is not there is said to be missing, with what to do', async () => {
  const folder = await makeTempFolder();
  await expect(readContract(`${folder}/contract.yaml`)).rejects.toMatchObject({
    code: 'CONTRACT_MISSING',
    exitCode: 2,
    remedy: expect.stringContaining('--contract FILE'),
  });
});
