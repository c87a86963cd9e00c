import { SluiceError } from '../errors.js';

/**
 * Names of variables to names of parameters: `DB_PASSWORD` to `db_password`, as one parameter a key is named.
 *
 * @throws SluiceError `KEY_NOT_NORMAL` for a name with a hyphen, a dot or anything else that lower_underscore has no
 * place for; `KEY_COLLISION` where two names become one. Both name all that is wrong; exit code 2.
 */
export function normaliseKeys(names: readonly string[]): Map<string, string> {
  const odd = names.filter((name) => !/^[A-Za-z_]\w*$/u.test(name));
  if (odd.length > 0) {
    throw new SluiceError({
      code: 'KEY_NOT_NORMAL',
      message: `${odd.join(', ')}: can't be the name of a parameter`,
      evidence:
        'Letters, digits and underscores become lower_underscore; a hyphen or a dot has no place there.',
      remedy: `Rename ${odd.length === 1 ? 'it' : 'them'}, such as ${suggest(odd[0] ?? '')}.`,
      exitCode: 2,
    });
  }
  const normal = new Map(names.map((name) => [name, name.toLowerCase()]));
  const groups = new Map<string, string[]>();
  for (const [name, key] of normal) groups.set(key, [...(groups.get(key) ?? []), name]);
  const collisions = [...groups].filter(([, same]) => same.length > 1);
  if (collisions.length > 0) {
    throw new SluiceError({
      code: 'KEY_COLLISION',
      message: 'several names become one',
      evidence: collisions.map(([key, same]) => `${same.join(' and ')} → ${key}`).join('\n'),
      remedy: 'Keep one of each: the other would be lost.',
      exitCode: 2,
    });
  }
  return normal;
}

function suggest(name: string): string {
  const shell = name.replaceAll(/\W+/gu, '_').toUpperCase();
  return /^\d/u.test(shell) ? `_${shell}` : shell;
}
