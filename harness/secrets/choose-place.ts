import { SluiceError } from '../errors.js';
import type { ReadParameter } from './find-parameters.js';

/** A parameter as commands change it. */
export type ChangedParameter = Pick<ReadParameter, 'service' | 'storeSpec' | 'name' | 'uses'>;

/** Where the value of a key is kept. */
export interface KeyPlace {
  parameter: ChangedParameter;
  /** Member of the JSON; undefined where the whole text is the value. */
  member: string | undefined;
}

/** Which keys a parameter holds by now. */
export type ListMembers = (parameter: ChangedParameter) => Promise<readonly string[]>;

/** True where the release reads members of a JSON object there. */
export function isDocument({ uses }: Pick<ReadParameter, 'uses'>): boolean {
  return uses.some(({ kind, readsTags }) => !readsTags && (kind === 'extract' || kind === 'property'));
}

/** True where the release reads the text as it is. */
export function isText({ uses }: Pick<ReadParameter, 'uses'>): boolean {
  return uses.some(({ kind, readsTags }) => kind === 'value' && !readsTags);
}

/**
 * Where the value of a key of the release's Secrets is kept: the parameter that is that key, the member that becomes
 * it, else the JSON object that is read as a whole. Of several of those, the one that has it already.
 *
 * @throws SluiceError `KEY_UNKNOWN`, `KEY_AMBIGUOUS`, exit code 2. A name that is not known is not shown: it may be a
 * value in the wrong place.
 */
export async function choosePlace(
  key: string,
  parameters: readonly ChangedParameter[],
  listMembers: ListMembers,
): Promise<KeyPlace> {
  const exact = parameters.flatMap((parameter): KeyPlace[] =>
    parameter.uses
      .filter(({ keys, kind, readsTags }) => keys.includes(key) && kind !== 'find' && !readsTags)
      .map(({ property }) => ({ parameter, member: property })),
  );
  const places = distinct(exact);
  const [only, another] = places;
  if (only !== undefined && another === undefined) return requirePlain(only, key);
  if (another !== undefined) throw describeAmbiguous(key, places);
  const whole = parameters.filter(({ uses }) =>
    uses.some(({ kind, property }) => kind === 'extract' && property === undefined),
  );
  const [first, second] = whole;
  if (first === undefined) throw describeUnknown(parameters);
  if (second === undefined) return { parameter: first, member: key };
  const holding: ChangedParameter[] = [];
  for (const parameter of whole) if ((await listMembers(parameter)).includes(key)) holding.push(parameter);
  const [holder, other] = holding;
  if (holder !== undefined && other === undefined) return { parameter: holder, member: key };
  throw describeAmbiguous(
    key,
    (holding.length > 0 ? holding : whole).map((parameter) => ({ parameter, member: key })),
  );
}

function distinct(places: readonly KeyPlace[]): KeyPlace[] {
  return [...new Map(places.map((place) => [`${place.parameter.name} ${place.member}`, place])).values()];
}

/** A dotted property reaches into an inner object, whose text is not ours to rewrite. */
function requirePlain(place: KeyPlace, key: string): KeyPlace {
  if (place.member === undefined || !/[.#*?|@\\{}[\]()]/u.test(place.member)) return place;
  throw new SluiceError({
    code: 'KEY_AMBIGUOUS',
    message: `${key}: is read from inside of a member, ${place.parameter.name} ${place.member}`,
    remedy: 'Give the outer member whole, with --path and its name.',
    exitCode: 2,
  });
}

function describeAmbiguous(key: string, places: readonly KeyPlace[]): SluiceError {
  return new SluiceError({
    code: 'KEY_AMBIGUOUS',
    message: `${key}: several parameters may hold it`,
    evidence: places.map(({ parameter }) => parameter.name).join('\n'),
    remedy: 'Choose one with --path.',
    exitCode: 2,
  });
}

function describeUnknown(parameters: readonly ChangedParameter[]): SluiceError {
  const known = [...new Set(parameters.flatMap(({ uses }) => uses.flatMap(({ keys }) => keys)))].sort();
  return new SluiceError({
    code: 'KEY_UNKNOWN',
    message: 'the release reads no such key',
    evidence: known.length === 0 ? 'It reads no parameter with keys.' : `It reads ${known.join(', ')}.`,
    remedy:
      'Correct the name, add the key to the chart’s externalSecrets, or name the parameter with --path.',
    exitCode: 2,
  });
}
