/** Shannon entropy of a text, in bits a character. */
export function measureEntropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const total = [...text].length;
  let bits = 0;
  for (const count of counts.values()) bits -= (count / total) * Math.log2(count / total);
  return bits;
}

const MINIMAL_LENGTH = 20;
const MAXIMAL_LENGTH = 512;
const MINIMAL_BITS = 4.2;

/**
 * True for one run of letters, digits and base64's signs that is mixed too well to be words: at least 20 long, upper
 * and lower case and digits, often changing between them. Hexadecimal text never is: digests and ids look like that.
 */
export function looksRandom(text: string): boolean {
  if (text.length < MINIMAL_LENGTH || text.length > MAXIMAL_LENGTH) return false;
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/u.test(text) || /^[0-9a-fA-F-]+$/u.test(text)) return false;
  if (!/[a-z]/u.test(text) || !/[A-Z]/u.test(text) || !/\d/u.test(text)) return false;
  return measureEntropy(text) >= MINIMAL_BITS && countChanges(text) >= text.length / 3;
}

/** How often neighbours are of different classes: words and versions change seldom, random text about every other time. */
function countChanges(text: string): number {
  const classes = [...text].map((character) => {
    if (/[a-z]/u.test(character)) return 0;
    if (/[A-Z]/u.test(character)) return 1;
    return /\d/u.test(character) ? 2 : 3;
  });
  return classes.filter((kind, position) => position > 0 && kind !== classes[position - 1]).length;
}
