import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateValue } from '../../../harness/secrets/generate/generate-value.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const reveal = async (...args: Parameters<typeof generateValue>): Promise<string> =>
  (await generateValue(...args)).value.reveal();

test.each([
  { spec: { type: 'hex' }, shape: /^[0-9a-f]{64}$/u },
  { spec: { type: 'hex', bytes: 16 }, shape: /^[0-9a-f]{32}$/u },
  { spec: { type: 'base64', bytes: 24 }, shape: /^[A-Za-z0-9+/]{32}$/u },
  { spec: { type: 'base64', bytes: 32 }, shape: /^[A-Za-z0-9+/]{43}=$/u },
  { spec: { type: 'base64', bytes: 32, urlSafe: true }, shape: /^[A-Za-z0-9_-]{43}$/u },
] as const)('$spec gives a value of that shape, another one each time', async ({ spec, shape }) => {
  const [one, other] = [await reveal(spec), await reveal(spec)];
  expect(one).toMatch(shape);
  expect(other).toMatch(shape);
  expect(one).not.toBe(other);
});

test('a password follows every rule it is given', async () => {
  const rules = fc.record({
    length: fc.integer({ min: 24, max: 80 }),
    lowercase: fc.integer({ min: 0, max: 5 }),
    uppercase: fc.integer({ min: 0, max: 5 }),
    digits: fc.integer({ min: 1, max: 5 }),
    symbols: fc.integer({ min: 0, max: 5 }),
    exclude: fc.constantFrom('', '0O1lI', 'abcXYZ'),
  });
  await fc.assert(
    fc.asyncProperty(rules, async (spec) => {
      const password = await reveal({ type: 'password', ...spec });
      const count = (pattern: RegExp): number => [...password].filter((one) => pattern.test(one)).length;
      expect(password).toHaveLength(spec.length);
      for (const [least, found] of [
        [spec.lowercase, count(/[a-z]/u)],
        [spec.uppercase, count(/[A-Z]/u)],
        [spec.digits, count(/\d/u)],
        [spec.symbols, count(/[^a-zA-Z0-9]/u)],
      ] as const) {
        if (least === 0) expect(found).toBe(0);
        else expect(found).toBeGreaterThanOrEqual(least);
      }
      expect([...spec.exclude].filter((one) => password.includes(one))).toEqual([]);
    }),
  );
});

test('the required characters of a password are not always in the same places', async () => {
  const digitAt = await Promise.all(
    Array.from({ length: 60 }, async () =>
      (await reveal({ type: 'password', length: 20, digits: 1, uppercase: 0, symbols: 0 })).search(/\d/u),
    ),
  );
  expect(new Set(digitAt).size).toBeGreaterThan(3);
});

test.each([
  {
    what: 'more characters than it may have',
    spec: { length: 8, digits: 9 },
    evidence: /12 characters.* 8/u,
  },
  {
    what: 'no kind at all',
    spec: { lowercase: 0, uppercase: 0, digits: 0, symbols: 0 },
    evidence: /every kind/u,
  },
  { what: 'a kind that is excluded', spec: { exclude: '0123456789' }, evidence: /no digits are left/u },
])('a password that asks for $what is refused', async ({ spec, evidence }) => {
  await expect(generateValue({ type: 'password', ...spec })).rejects.toMatchObject({
    code: 'GENERATE_RULES',
    exitCode: 2,
    evidence: expect.stringMatching(evidence),
  });
});

test.each([
  { algorithm: 'rsa', bits: 2048, type: 'rsa', digest: 'sha256' },
  { algorithm: 'ec', curve: 'P-384', type: 'ec', digest: 'sha256' },
  { algorithm: 'ed25519', type: 'ed25519', digest: null },
] as const)(
  'a key pair of $algorithm signs what its public key verifies',
  async ({ type, digest, ...spec }) => {
    const { value, others } = await generateValue({ type: 'keypair', publicKey: 'JWT_PUBLIC_KEY', ...spec });
    const privateKey = createPrivateKey(value.reveal());
    const publicKey = createPublicKey(others.get('JWT_PUBLIC_KEY')?.reveal() ?? '');
    expect(privateKey.asymmetricKeyType).toBe(type);
    const data = Buffer.from('token');
    expect(verify(digest, data, publicKey, sign(digest, data, privateKey))).toBe(true);
    const [first, ...rest] = value.reveal().split('\n');
    // In two parts: the line as a whole is what secret scanners look for.
    expect(first).toBe(`-----BEGIN ${'PRIVATE'} KEY-----`);
    expect(rest.slice(-2)).toEqual([`-----END ${'PRIVATE'} KEY-----`, '']);
  },
);

test('a private key alone comes without a public one', async () => {
  const { value, others } = await generateValue({ type: 'pem', algorithm: 'ec' });
  expect(createPrivateKey(value.reveal()).asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  expect(others.size).toBe(0);
});

test('what a command prints is the value, without the end of its line', async () => {
  const folder = await makeTempFolder({ 'word.txt': 'two words\nand a line\n' });
  expect(await reveal({ type: 'command', command: ['cat', 'word.txt'] }, { cwd: folder })).toBe(
    'two words\nand a line',
  );
});

test.each([
  {
    what: 'fails',
    command: ['sh', '-c', 'echo canary-one; echo canary-two >&2; exit 7'],
    evidence: 'exit code 7',
  },
  {
    what: 'prints nothing',
    command: ['true', 'canary-one'],
    evidence: 'it printed nothing on standard output',
  },
  {
    what: 'prints what is no text',
    command: ['printf', '\\377canary-one'],
    evidence: 'what it printed is no text',
  },
  { what: 'is not there', command: ['no-such-program-here', 'canary-one'], evidence: 'ENOENT' },
])('a command that $what is one error, with nothing of its output in it', async ({ command, evidence }) => {
  const error: unknown = await generateValue({ type: 'command', command }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'GENERATE_COMMAND', evidence });
  expect(inspect(error, { depth: 10 })).not.toContain('canary');
});

test('a command that hangs is ended', async () => {
  await expect(
    generateValue({ type: 'command', command: ['sleep', '600'], timeoutSeconds: 1 }),
  ).rejects.toMatchObject({ code: 'GENERATE_COMMAND' });
});

test('neither a generated value nor its description shows it when printed', async () => {
  const generated = await generateValue({ type: 'hex' });
  const shown = `${inspect(generated, { depth: 5 })} ${JSON.stringify(generated)}`;
  expect(shown).not.toContain(generated.value.reveal());
  expect(generated.description).toBe('32 random bytes as hex');
});
