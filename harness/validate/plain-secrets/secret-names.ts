/** How sure a name is that its value is a secret. `password`: any value is one; `key`: a value that looks like one. */
export type NameVerdict = 'password' | 'key' | undefined;

/** Words after which, at the end of a name, the value tells about a secret and is none. */
const ABOUT_WORDS = new Set(
  `file path dir directory name names url uri urls endpoint host hostname port region ttl expiry expires expiration
  expire age timeout length size min max minimum maximum count number enabled enable disabled required optional allowed
  algorithm alg algo type kind issuer audience aud header headers prefix suffix ref reference arn id ids version
  rotation interval days hours minutes seconds sec ms policy field fields column store storage manager namespace
  provider backend engine mode format limit limits rate template rules rule regex pattern strength complexity hash
  hashing method env var variable source label annotation class selector validation check checker verify verification
  reset change changed attempts retries salt rounds cost cache refresh lookup login claim claims scope scopes usage
  budget window per bucket buckets encoding charset encoder mount volume keys algorithms digest cipher
  authentication authenticator auth helper helpers secretname secretkey key_name placeholder hint prompt text input form page`
    .split(/\s+/u)
    .filter((word) => word !== ''),
);

const PASSWORD_WORDS = new Set(['password', 'passwd', 'passphrase', 'pwd', 'pass', 'passcode']);
const SECRET_WORDS = new Set([
  'secret',
  'secrets',
  'token',
  'credential',
  'credentials',
  'apikey',
  'apitoken',
]);
const KEY_QUALIFIERS = new Set(
  'api access private encryption signing secret master jwt auth license service session hmac aes rsa ssh account client'.split(
    ' ',
  ),
);

/** Judges the name of a variable, a key or a flag: `DB_PASSWORD`, `spring.datasource.password`, `apiKey`. */
export function judgeName(name: string): NameVerdict {
  const words = splitWords(name);
  const last = words.at(-1) ?? '';
  if (words.includes('public') || words.includes('pub') || ABOUT_WORDS.has(last)) return undefined;
  if (PASSWORD_WORDS.has(last)) return 'password';
  if (SECRET_WORDS.has(last)) return 'key';
  if (last === 'key' && KEY_QUALIFIERS.has(words.at(-2) ?? '')) return 'key';
  // `PASSWORD_PROD`, `TOKEN_GITHUB`: the word need not be the last one.
  if (words.some((word) => PASSWORD_WORDS.has(word) && word !== 'pass')) return 'password';
  return words.some((word) => SECRET_WORDS.has(word)) ? 'key' : undefined;
}

function splitWords(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/gu, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== '');
}
