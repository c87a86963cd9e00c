import { parseGoDuration } from '../../validate/go-duration.js';
import type { ContractFormat, FormatName } from './contract.js';

const HOSTNAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\.?$/iu;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/u;

const FORMATS: Readonly<Record<FormatName, { holds: (text: string) => boolean; text: string }>> = {
  integer: { holds: (text) => /^[+-]?\d+$/u.test(text), text: 'a whole number' },
  number: { holds: (text) => NUMBER.test(text), text: 'a number' },
  boolean: {
    holds: (text) => /^(?:true|false|yes|no|on|off|1|0)$/iu.test(text),
    text: 'true or false',
  },
  url: { holds: (text) => /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) && URL.canParse(text), text: 'a URL' },
  email: { holds: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(text), text: 'an e-mail address' },
  hostname: { holds: (text) => HOSTNAME.test(text), text: 'the name of a host' },
  port: {
    holds: (text) => /^\d{1,5}$/u.test(text) && Number(text) >= 1 && Number(text) <= 65_535,
    text: 'a port, 1 to 65535',
  },
  hex: { holds: (text) => /^(?:[0-9a-f]{2})+$/iu.test(text), text: 'bytes in hex' },
  base64: {
    holds: (text) => isBase64(text),
    text: 'base64',
  },
  json: { holds: isJson, text: 'JSON' },
  pem: {
    holds: (text) => /^-----BEGIN ([A-Z0-9 ]+)-----\r?\n[\s\S]+\n-----END \1-----\s*$/u.test(text),
    text: 'PEM, with its line breaks',
  },
  uuid: { holds: (text) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(text), text: 'a UUID' },
  duration: {
    holds: (text) => parseGoDuration(text) !== undefined,
    text: 'a length of time such as 30s or 1h30m',
  },
};

/**
 * What a value is not though its contract asks for it, one phrase each, such as `not a whole number`. Empty where it
 * is fine. Holds no part of the value.
 */
export function checkFormat(format: ContractFormat, text: string): string[] {
  const { type, pattern, minLength, maxLength, oneOf, schemes, minimum, maximum } = format;
  const length = [...text].length;
  const number = NUMBER.test(text) ? Number(text) : undefined;
  const found: (string | false)[] = [
    type !== undefined && !FORMATS[type].holds(text) && `not ${FORMATS[type].text}`,
    pattern !== undefined && !new RegExp(pattern, 'u').test(text) && `does not match ${pattern}`,
    minLength !== undefined &&
      length < minLength &&
      `${length} characters long, at least ${minLength} are asked for`,
    maxLength !== undefined &&
      length > maxLength &&
      `${length} characters long, at most ${maxLength} are allowed`,
    oneOf !== undefined && !oneOf.includes(text) && `none of ${oneOf.join(', ')}`,
    schemes !== undefined && !schemes.includes(readScheme(text)) && `not a URL of ${schemes.join(' or ')}`,
    minimum !== undefined && (number === undefined || number < minimum) && `not a number from ${minimum} on`,
    maximum !== undefined && (number === undefined || number > maximum) && `not a number up to ${maximum}`,
  ];
  return found.filter((phrase) => phrase !== false);
}

function readScheme(text: string): string {
  return /^([a-z][a-z0-9+.-]*):\/\//iu.exec(text)?.[1]?.toLowerCase() ?? '';
}

function isBase64(text: string): boolean {
  const compact = text.replaceAll(/\s/gu, '').replace(/=+$/u, '');
  if (compact === '') return false;
  const encoding = /[-_]/u.test(compact) ? 'base64url' : 'base64';
  // Decoding is lenient: only what encodes back to the same was base64.
  return Buffer.from(compact, encoding).toString(encoding).replace(/=+$/u, '') === compact;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
