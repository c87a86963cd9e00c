import { SluiceError } from '../errors.js';
import { joinPointer, readSegments, splitPointer } from '../manifest/json-pointer.js';
import { isJsonObject, type JsonValue } from '../manifest/manifest.js';

/** A step of a path: a name, a position, or the element of a list that has this in it (`[name=main]`). */
type Step = { kind: 'key'; key: string } | { kind: 'element'; field: string; value: string };

/** Where a path leads. */
export interface FoundField {
  /** Undefined where there is nothing. */
  value: JsonValue | undefined;
  /** JSON pointer of the deepest place on the way that is there; of the field itself where it is found. */
  pointer: string;
  /** What there is at the deepest place: names or the number of elements. */
  available: string;
}

/**
 * Follows a path into an object. `/spec/replicas` is a JSON pointer; `spec.template.spec.containers[name=app].image`
 * is a path of names, positions (`[0]`), quoted names (`["app.kubernetes.io/name"]`) and elements of lists chosen by
 * a field.
 *
 * @throws SluiceError `FIELD_PATH` for a path that cannot be read.
 */
export function findField(object: JsonValue, path: string): FoundField {
  const steps = path === '' || path.startsWith('/') ? splitPointer(path).map(keyStep) : parsePath(path);
  let value: JsonValue | undefined = object;
  let pointer = '';
  for (const step of steps) {
    const segment: string | number | undefined = step.kind === 'key' ? step.key : findElement(value, step);
    const next: JsonValue | undefined = segment === undefined ? undefined : readSegments(value, [segment]);
    if (next === undefined || segment === undefined) {
      return { value: undefined, pointer, available: describeContent(value) };
    }
    value = next;
    pointer = joinPointer(pointer, segment);
  }
  return { value, pointer, available: describeContent(value) };
}

function keyStep(key: string): Step {
  return { kind: 'key', key };
}

function findElement(
  value: JsonValue | undefined,
  step: { field: string; value: string },
): number | undefined {
  if (!Array.isArray(value)) return undefined;
  const position = value.findIndex((item) => isJsonObject(item) && String(item[step.field]) === step.value);
  return position === -1 ? undefined : position;
}

function describeContent(value: JsonValue | undefined): string {
  if (Array.isArray(value)) {
    const names = value.map((item) => (isJsonObject(item) ? item['name'] : undefined));
    const all = names.every((name) => typeof name === 'string') ? `: ${names.join(', ')}` : '';
    return `a list of ${value.length}${value.length === 0 ? '' : all}`;
  }
  if (isJsonObject(value)) return Object.keys(value).join(', ') || 'an empty map';
  return JSON.stringify(value) ?? 'nothing';
}

const TOKEN =
  /\.?(?:\[(\d+)\]|\[(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\]|\[([\w./-]+)=([^\]]*)\]|([^.[\]]+))/uy;

function parsePath(path: string): Step[] {
  const steps: Step[] = [];
  let position = 0;
  while (position < path.length) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(path);
    if (match === null || (position === 0 && match[0].startsWith('.'))) throw refusePath(path, position);
    const [written, index, double, single, field, value, name] = match;
    const quoted = double ?? single;
    if (field !== undefined) steps.push({ kind: 'element', field, value: value ?? '' });
    else steps.push(keyStep(index ?? quoted?.replaceAll(/\\(.)/gu, '$1') ?? name ?? ''));
    position += written.length;
  }
  return steps;
}

function refusePath(path: string, position: number): SluiceError {
  return new SluiceError({
    code: 'FIELD_PATH',
    message: `field path ${JSON.stringify(path)}: not readable at character ${position + 1}`,
    remedy:
      'Write a JSON pointer (/spec/replicas) or a path such as spec.containers[name=app].image or metadata.labels["app.kubernetes.io/name"].',
    exitCode: 2,
  });
}
