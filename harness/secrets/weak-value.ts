import { measureEntropy } from '../validate/plain-secrets/entropy.js';
import { isPlaceholder } from '../validate/plain-secrets/placeholder.js';

/** Shortest secret that is made for people to type. */
const SHORTEST = 16;
/** From here on the kinds of characters do not matter any more. */
const LONG = 32;
const KINDS = 3;

/** Passwords that everybody tries first, and their like with digits behind them. */
const COMMON = [
  ...[
    'password',
    'passwort',
    'passw0rd',
    'p@ssw0rd',
    'p@ssword',
    'admin',
    'administrator',
    'root',
    'postgres',
  ],
  ...['letmein', 'welcome', 'qwerty', 'qwertz', 'abc', 'changeme', 'secret', 'supersecret', 'super-secret'],
  ...[
    'test',
    'testing',
    'guest',
    'default',
    'master',
    'dragon',
    'monkey',
    'iloveyou',
    'minioadmin',
    'devpass',
  ],
  ...[
    'secret-key',
    'secretkey',
    'jwt-secret',
    'jwtsecret',
    'your-secret-key',
    'mysecret',
    'mysecretpassword',
  ],
];
const COMMON_PATTERN = new RegExp(`^(?:${COMMON.join('|')})[\\W_]*\\d*[\\W_]*$`, 'iu');

/**
 * Why a secret is too weak, such as `8 characters, 16 are the least`; undefined where it is not. The password inside a
 * URL is judged alone. Never any part of it.
 */
export function findWeakness(value: string): string | undefined {
  const inner = readUrlPassword(value);
  if (inner !== undefined) return inner === '' ? undefined : judge(inner);
  return judge(value);
}

function judge(value: string): string | undefined {
  // Keys, certificates and documents are made by programs.
  if (value.includes('-----BEGIN ') || /^\s*[[{]/u.test(value)) return undefined;
  const text = value.trim();
  if (text === '') return 'it is empty';
  if (isPlaceholder(text) && !/^[/~.$%@#]|:/u.test(text)) return 'it is a word that stands for a secret';
  if (COMMON_PATTERN.test(text)) return 'it is one of those that everybody tries first';
  if (text.length < SHORTEST) return `${text.length} characters, ${SHORTEST} are the least`;
  if (measureEntropy(text) < 2) return 'it repeats a few characters';
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u].filter((kind) => kind.test(text)).length;
  return text.length < LONG && kinds < KINDS
    ? `${kinds} of 4 kinds of characters, ${KINDS} are the least below ${LONG} characters`
    : undefined;
}

/** The password in a URL; empty where it has none; undefined where the text is no URL. */
function readUrlPassword(value: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//iu.test(value) || !URL.canParse(value)) return undefined;
  const { password } = new URL(value);
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
