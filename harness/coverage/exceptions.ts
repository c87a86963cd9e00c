import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { SluiceError } from '../errors.js';
import type { LeafLack } from './gaps.js';

/** A side of a branch that need not be taken. */
export interface BranchException {
  /** Such as `templates/_names.tpl`. */
  template: string;
  /** The action as it is written, without braces, such as `if .Values.debug`. */
  branch: string;
  side: 'taken' | 'else';
  reason: string;
}

/** What a value may lack. */
export interface ValueException {
  /** As `helm --set` writes it; of a subchart with its folder before, such as `charts/database/port`. */
  value: string;
  lacks: LeafLack;
  reason: string;
}

/** Something that is not covered, with the reason. */
export type CoverageException = BranchException | ValueException;

/**
 * Reads a file of exceptions: a list, each with a reason.
 *
 * @throws SluiceError `COVERAGE_EXCEPTIONS`, with file and line, for anything in it that is not known; exit code 2.
 */
export async function readExceptions(path: string): Promise<CoverageException[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw refuse(path, error.message);
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw refuse(`${path}:${lines.linePos(broken.pos[0]).line}`, broken.message.split('\n')[0]);
  const value: unknown = document.toJS() ?? [];
  const { default: Ajv } = await import('ajv');
  const validate = new Ajv.default({ meta: false, validateSchema: false }).compile<CoverageException[]>(
    schema,
  );
  if (validate(value)) return value;
  const position = /^\/(\d+)/u.exec(validate.errors?.[0]?.instancePath ?? '')?.[1];
  const node = document.getIn(position === undefined ? [] : [Number(position)], true) as
    | { range?: [number, number, number] }
    | undefined;
  const line = node?.range === undefined ? 1 : lines.linePos(node.range[0]).line;
  throw refuse(`${path}:${line}`, 'neither an exception for a branch nor one for a value');
}

const text = { type: 'string', minLength: 1 } as const;

const schema = {
  type: 'array',
  items: {
    anyOf: [
      {
        type: 'object',
        additionalProperties: false,
        required: ['template', 'branch', 'side', 'reason'],
        properties: { template: text, branch: text, side: { enum: ['taken', 'else'] }, reason: text },
      },
      {
        type: 'object',
        additionalProperties: false,
        required: ['value', 'lacks', 'reason'],
        properties: { value: text, lacks: { enum: ['read', 'effect', 'variation'] }, reason: text },
      },
    ],
  },
};

function refuse(place: string, evidence: string | undefined): SluiceError {
  return new SluiceError({
    code: 'COVERAGE_EXCEPTIONS',
    message: `${place}: not a list of exceptions that sluice understands`,
    ...(evidence === undefined ? {} : { evidence }),
    remedy:
      'Each is {template, branch, side: taken|else, reason} or {value, lacks: read|effect|variation, reason}.',
    exitCode: 2,
  });
}
