import { randomInt } from 'node:crypto';
import { SluiceError } from '../../errors.js';
import type { PasswordSpec } from './generate-spec.js';

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const UPPERCASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
const SYMBOLS = '!#%*+-.:=?@_~';
const LENGTH = 24;

/**
 * Makes a password by its rules: every kind as often as asked, the rest drawn from all of them alike, in random order.
 *
 * @throws SluiceError `GENERATE_RULES` where no password can follow them; exit code 2.
 */
export function generatePassword(spec: PasswordSpec): string {
  const { length = LENGTH, exclude = '', symbolSet = SYMBOLS } = spec;
  const excluded = new Set(exclude);
  const kinds = [
    { name: 'lowercase', least: spec.lowercase ?? 1, from: LOWERCASE },
    { name: 'uppercase', least: spec.uppercase ?? 1, from: UPPERCASE },
    { name: 'digits', least: spec.digits ?? 1, from: DIGITS },
    { name: 'symbols', least: spec.symbols ?? 1, from: symbolSet },
  ]
    .filter(({ least }) => least > 0)
    .map((kind) => ({ ...kind, from: [...new Set(kind.from)].filter((one) => !excluded.has(one)) }));
  const empty = kinds.find(({ from }) => from.length === 0);
  if (empty !== undefined) throw refuse(`no ${empty.name} are left to choose from`);
  const least = kinds.reduce((sum, kind) => sum + kind.least, 0);
  if (kinds.length === 0) throw refuse('every kind of character is left out');
  if (least > length) throw refuse(`the kinds ask for ${least} characters, but it may have only ${length}`);
  const all = [...new Set(kinds.flatMap(({ from }) => from))];
  const chosen = kinds.flatMap(({ least: count, from }) => Array.from({ length: count }, () => draw(from)));
  while (chosen.length < length) chosen.push(draw(all));
  return shuffle(chosen).join('');
}

function draw(from: readonly string[]): string {
  return from[randomInt(from.length)] ?? '';
}

function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters;
}

function refuse(evidence: string): SluiceError {
  return new SluiceError({
    code: 'GENERATE_RULES',
    message: 'a password: its rules cannot all be followed',
    evidence,
    remedy: 'Make it longer, or ask for fewer kinds of characters.',
    exitCode: 2,
  });
}
