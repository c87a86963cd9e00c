/** How a new secret is made. */
export type GenerateSpec =
  | { type: 'hex' /** Of randomness; twice as many characters. Default 32. */; bytes?: number | undefined }
  | {
      type: 'base64' /** Default 32. */;
      bytes?: number | undefined /** `-` and `_`, no padding. */;
      urlSafe?: boolean | undefined;
    }
  | PasswordSpec
  | ({ type: 'pem' } & KeySpec)
  | KeyPairSpec
  | CommandSpec;

/** A password of letters, digits and symbols, each kind at least as often as asked. */
export interface PasswordSpec {
  type: 'password';
  /** In characters. Default 24. */
  length?: number | undefined;
  /** At least so many of each kind. Default 1; 0 leaves the kind out. */
  lowercase?: number | undefined;
  uppercase?: number | undefined;
  digits?: number | undefined;
  symbols?: number | undefined;
  /** The symbols to choose from. Default `!#%*+-.:=?@_~`. */
  symbolSet?: string | undefined;
  /** Characters that must not be in it, such as `0O1lI`. */
  exclude?: string | undefined;
}

/** A private key. */
export interface KeySpec {
  algorithm: 'rsa' | 'ec' | 'ed25519';
  /** Of an RSA key. Default 3072. */
  bits?: number | undefined;
  /** Of an EC key. Default `P-256`. */
  curve?: 'P-256' | 'P-384' | 'P-521' | undefined;
}

/** A private key as PKCS#8 PEM, and its public key as SPKI PEM under a name of its own. */
export interface KeyPairSpec extends KeySpec {
  type: 'keypair';
  /** Variable that holds the public key. */
  publicKey: string;
}

/** What a command prints on standard output, without the line's end. */
export interface CommandSpec {
  type: 'command';
  /** Program and arguments; no shell between. */
  command: readonly string[];
  /** Default 60. */
  timeoutSeconds?: number | undefined;
}
