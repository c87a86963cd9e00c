import {
  constants,
  createCipheriv,
  createPublicKey,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';

export interface SealOptions {
  /** Certificate of the controller, in PEM. */
  certificate: string;
  /** Namespace and name that the sealing is bound to. */
  namespace: string;
  name: string;
}

/**
 * Seals a value as kubeseal does with the scope `strict`: AES-GCM under a key of its own, which RSA-OAEP hides. The key is
 * used once, so its nonce is nothing but zeros.
 */
export function seal(value: string, { certificate, namespace, name }: SealOptions): string {
  const sessionKey = randomBytes(32);
  const hidden = publicEncrypt(
    {
      key: createPublicKey(
        new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }),
      ),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
      oaepLabel: Buffer.from(`${namespace}/${name}`),
    },
    sessionKey,
  );
  const cipher = createCipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12));
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(hidden.length);
  return Buffer.concat([length, hidden, text, cipher.getAuthTag()]).toString('base64');
}
