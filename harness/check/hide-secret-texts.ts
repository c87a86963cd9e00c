import { isJsonObject, type JsonValue, type KubernetesObject } from '../manifest/manifest.js';

const HIDDEN = '<hidden>';
const MAY_BE_SECRET = ['data', 'stringData'];

/**
 * A server's words about an object without the values it repeats: all of a Secret's, and of any other object those of
 * another type than they should be, which may be a password that looks like a number.
 */
export function hideSecretTexts(message: string, object: KubernetesObject): string {
  const plain = message.replaceAll(/&value\.valueUnstructured\{Value:.*?\}(?=$|[\s,\]])/gu, 'another type');
  if (object.kind !== 'Secret') return plain;
  const texts = MAY_BE_SECRET.flatMap((field) => listTexts(object[field]))
    .flatMap((text) => [text, Buffer.from(text, 'base64').toString('utf8')])
    .filter((text) => text !== '')
    .sort((one, other) => other.length - one.length);
  let hidden = plain;
  for (const text of texts) hidden = hidden.replaceAll(text, HIDDEN);
  return hidden;
}

function listTexts(value: JsonValue | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(listTexts);
  if (isJsonObject(value)) return Object.values(value).flatMap(listTexts);
  return value === null || value === undefined ? [] : [String(value)];
}
