import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeySpec } from './generate-spec.js';

const RSA_BITS = 3072;

const generate = promisify(generateKeyPair);

/** Makes a key pair: PKCS#8 and SPKI, both PEM with a line's end at the end. */
export async function generateKey(spec: KeySpec): Promise<{ privateKey: string; publicKey: string }> {
  const { privateKey, publicKey } = await generatePair(spec);
  return {
    privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
  };
}

async function generatePair({ algorithm, bits = RSA_BITS, curve = 'P-256' }: KeySpec) {
  switch (algorithm) {
    case 'rsa':
      return await generate('rsa', { modulusLength: bits });
    case 'ec':
      return await generate('ec', { namedCurve: curve });
    case 'ed25519':
      return await generate('ed25519');
  }
}
