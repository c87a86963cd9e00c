import { looksRandom, measureEntropy } from './entropy.js';
import { isPlaceholder } from './placeholder.js';
import { judgeName, type NameVerdict } from './secret-names.js';
import { findTokenShape } from './token-shapes.js';

/** Why a value is taken for a secret. Holds no part of it. */
export interface SecretSuspicion {
  /** `shape`: certain. `name`: its name says so. `entropy`: it only looks like one. */
  because: 'shape' | 'name' | 'entropy';
  /** Such as `looks like a GitHub token`. */
  why: string;
  /** Name inside the text, where it is a line of a file: `spring.datasource.password`. */
  inner?: string;
}

/** Files longer than this are not read line by line. */
const MAXIMAL_FILE_LENGTH = 200_000;
const ASSIGNMENT = /^\s*(?:export\s+|-\s+|--)?["']?([A-Za-z][\w.-]{1,80})["']?\s*[:=]\s*(.+?)\s*,?\s*$/u;

/**
 * Judges a value by its shape, by its name and by how random it is.
 *
 * @param name of the variable, key or flag; empty where there is none.
 */
export function findSecret(name: string, value: string): SecretSuspicion | undefined {
  const shape = findTokenShape(value);
  if (shape !== undefined) return { because: 'shape', why: `looks like ${shape}` };
  if (value.includes('\n'))
    return value.trimEnd().includes('\n') ? findInFile(value) : findSecret(name, value.trimEnd());
  if (isPlaceholder(value)) return undefined;
  if (isSecretByName(judgeName(name), value))
    return { because: 'name', why: 'its name says that it is a secret' };
  if (looksRandom(value)) return { because: 'entropy', why: 'looks random, as keys and tokens do' };
  return undefined;
}

/** Settings in a file that was put into one value: `password=…`, `"apiKey": "…"`. */
function findInFile(text: string): SecretSuspicion | undefined {
  if (text.length > MAXIMAL_FILE_LENGTH || !/pass|pwd|secret|token|key|credential/iu.test(text))
    return undefined;
  for (const line of text.split('\n')) {
    const [, name = '', raw = ''] = ASSIGNMENT.exec(line) ?? [];
    const value = raw.replace(/^(["'])(.*)\1$/u, '$2');
    const verdict = name === '' ? undefined : judgeName(name);
    if (verdict === undefined || isCode(value) || isPlaceholder(value) || !isSecretByName(verdict, value))
      continue;
    // Inside files `secret: web-tls` is mostly the name of one: only passwords and mixed text are told.
    if (verdict === 'password' || isMixed(value)) {
      return { because: 'name', why: 'its name says that it is a secret', inner: name };
    }
  }
  return undefined;
}

/** Expressions of scripts and templates: not a value but a way to one. */
function isCode(value: string): boolean {
  return /[$`(){}[\]<>|&*]|\s/u.test(value);
}

function isSecretByName(verdict: NameVerdict, value: string): boolean {
  if (verdict === undefined || value.length < 3 || isPlainUrl(value)) return false;
  if (verdict === 'password') return !/\s/u.test(value.trim()) || value.length < 60;
  // A token that is a word (`TOKEN: bearer`), a number or a name (`SECRET: web-tls`) is told apart by its mixture.
  return value.length >= 8 && !/\s/u.test(value) && isMixed(value);
}

function isMixed(value: string): boolean {
  if (/^\d+(?:\.\d+)*[a-z]{0,2}$/u.test(value)) return false;
  if (/^[a-z]+(?:[-_.][a-z0-9]+)*$/u.test(value) && value.length < 32)
    return /\d.*[a-z].*\d.*[a-z]/u.test(value);
  return measureEntropy(value) >= 2.5;
}

function isPlainUrl(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//iu.test(value);
}
