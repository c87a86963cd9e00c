import type { ChangedParameter } from '../secrets/choose-place.js';
import { diffValues } from '../secrets/diff-values.js';
import type { StoredEntry, StoredValue } from '../store/value-store.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { formatTable } from './format-table.js';
import { readCount } from './read-count.js';
import {
  addSecretsFlags,
  openSession,
  readValues,
  requireOne,
  type SecretsFlags,
  type SecretsSession,
} from './secrets-session.js';

interface Flags extends SecretsFlags {
  limit: number;
}

interface VersionChange extends StoredEntry {
  /** Keys that are other than in the version before; undefined where that one is not there any more. */
  changed: readonly string[] | undefined;
}

/** `sluice secrets history`: the versions of a parameter, with who changed which keys. */
export async function runSecretsHistory(args: readonly string[], context: CliContext): Promise<number> {
  const command = addSecretsFlags(
    createCommand(
      {
        name: 'secrets history',
        description:
          'List the versions of a parameter, newest first: when, by whom, and which keys changed. No values.',
        example: 'sluice secrets history -f values/prod.yaml --limit 5',
      },
      context,
    ),
  ).option('--limit <count>', 'how many versions', readCount, 20);
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  using session = await openSession(flags, context);
  const parameter = requireOne(session);
  const changes = await listChanges(session, parameter, { limit: flags.limit, signal: context.signal });
  if (flags.json) {
    context.stdout.write(`${JSON.stringify({ name: parameter.name, versions: changes }, null, 2)}\n`);
  } else print(changes, { parameter, flags, context });
  return changes.length === 0 ? 1 : 0;
}

async function listChanges(
  session: SecretsSession,
  parameter: ChangedParameter,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<VersionChange[]> {
  const { store, name } = await session.place(parameter);
  const entries = await store.history(name, { signal });
  const shown = entries.slice(0, limit);
  const versions = entries.slice(0, limit + 1).flatMap(({ version }) => version ?? []);
  const values = new Map(
    (await store.getVersions(name, versions, { signal })).map((value) => [value.version, value]),
  );
  return shown.map((entry, at) => {
    const before = entries[at + 1];
    const isFirst = before === undefined && (store.service !== 'ParameterStore' || entry.version === '1');
    return {
      ...entry,
      changed: isFirst
        ? listKeys(parameter, values.get(entry.version ?? ''))
        : compare(parameter, values.get(before?.version ?? ''), values.get(entry.version ?? '')),
    };
  });
}

function compare(
  parameter: ChangedParameter,
  before: StoredValue | undefined,
  after: StoredValue | undefined,
): string[] | undefined {
  if (before === undefined || after === undefined) return undefined;
  const [old, now] = [readLenient(parameter, before), readLenient(parameter, after)];
  return diffValues(old, now).map(({ key, kind }) => (kind === 'removed' ? `-${key}` : key));
}

function listKeys(parameter: ChangedParameter, value: StoredValue | undefined): string[] | undefined {
  return value === undefined ? undefined : [...readLenient(parameter, value).keys()];
}

/** A version that was no JSON had no keys. */
function readLenient(parameter: ChangedParameter, value: StoredValue) {
  try {
    return readValues(parameter, value);
  } catch {
    return new Map();
  }
}

function print(
  changes: readonly VersionChange[],
  { parameter, flags, context }: { parameter: ChangedParameter; flags: Flags; context: CliContext },
): void {
  const { stdout, env } = context;
  const colors = chooseColors(stdout, env, flags.color);
  if (changes.length === 0) {
    stdout.write(`${parameter.name}: not there\n`);
    return;
  }
  const rows = changes.map(({ version = '', modifiedAt, modifiedBy = '', changed, labels = [] }) => [
    version,
    modifiedAt?.toISOString().replace(/\.\d+Z$/u, 'Z') ?? '',
    modifiedBy,
    changed === undefined ? 'the version before is gone' : changed.join(', '),
    labels.join(', '),
  ]);
  const head = ['VERSION', 'WHEN', 'BY', 'CHANGED', 'LABELS'].map((text) => colors.dim(text));
  stdout.write(`${colors.bold(parameter.name)}\n${formatTable({ head, rows, columns: stdout.columns })}\n`);
}
