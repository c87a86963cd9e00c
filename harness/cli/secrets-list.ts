import type { ChangedParameter } from '../secrets/choose-place.js';
import { readKeys } from '../secrets/read-keys.js';
import type { StoredEntry, StoredValue, StoreService } from '../store/value-store.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { formatTable } from './format-table.js';
import { addSecretsFlags, openSession, type SecretsFlags, type SecretsSession } from './secrets-session.js';

interface ListedParameter extends StoredEntry {
  service: StoreService;
  isThere: boolean;
  /** Undefined where it was not looked into. */
  keys?: number | undefined;
  readBy: readonly string[];
}

/** `sluice secrets list`: what the release reads, or what is below a path. */
export async function runSecretsList(args: readonly string[], context: CliContext): Promise<number> {
  const command = addSecretsFlags(
    createCommand(
      {
        name: 'secrets list',
        description:
          'List the parameters that the release reads, with version and time of the last change, and those that are\n' +
          'not there; with --path, everything below it.',
        example: 'sluice secrets list -f values/prod.yaml',
      },
      context,
    ),
  );
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<SecretsFlags>();
  using session = await openSession(flags, context);
  const listed = session.isNamed ? await listBelow(session, context) : await listRead(session, context);
  if (flags.json) context.stdout.write(`${JSON.stringify({ parameters: listed }, null, 2)}\n`);
  else print(listed, flags, context);
  return listed.some(({ isThere }) => !isThere) ? 1 : 0;
}

async function listRead(session: SecretsSession, { signal }: CliContext): Promise<ListedParameter[]> {
  const stored = await session.read(session.parameters);
  const named = session.parameters.map(async (parameter) => {
    const { service } = (await session.place(parameter)).store;
    return describeRead(parameter, service, stored.get(parameter.name));
  });
  const searched = session.searches.map(async (search) => {
    const { store, name } = await session.place(search);
    const entries = await store.list(name, { signal });
    return entries.map((entry) => ({
      ...entry,
      service: store.service,
      isThere: true,
      readBy: listReaders(search),
    }));
  });
  const all = [...(await Promise.all(named)), ...(await Promise.all(searched)).flat()];
  return all.sort((left, right) => (left.name < right.name ? -1 : 1));
}

async function listBelow(session: SecretsSession, { signal }: CliContext): Promise<ListedParameter[]> {
  const listed: ListedParameter[] = [];
  for (const parameter of session.parameters) {
    const { store, name } = await session.place(parameter);
    const [own, below] = [await store.describe(name, { signal }), await store.list(name, { signal })];
    for (const entry of [...(own === undefined ? [] : [own]), ...below]) {
      listed.push({ ...entry, service: store.service, isThere: true, readBy: [] });
    }
  }
  return listed;
}

function describeRead(
  parameter: ChangedParameter,
  service: StoreService,
  stored: StoredValue | undefined,
): ListedParameter {
  const readBy = listReaders(parameter);
  if (stored === undefined) return { name: parameter.name, service, isThere: false, readBy };
  const { value: _value, ...entry } = stored;
  return { ...entry, service, isThere: true, keys: countKeys(parameter, stored), readBy };
}

function countKeys(parameter: ChangedParameter, stored: StoredValue): number | undefined {
  try {
    return readKeys(parameter, stored).size;
  } catch {
    // What is no JSON has no keys that could be counted; sluice secrets get and doctor tell why.
    return undefined;
  }
}

function listReaders({ uses }: ChangedParameter): string[] {
  return [...new Set(uses.map(({ externalSecret }) => externalSecret))].filter((name) => name !== '');
}

function print(listed: readonly ListedParameter[], flags: SecretsFlags, { stdout, env }: CliContext): void {
  const colors = chooseColors(stdout, env, flags.color);
  if (listed.length === 0) {
    if (!flags.quiet) stdout.write('nothing\n');
    return;
  }
  const head = ['PARAMETER', 'STORE', 'TYPE', 'VERSION', 'CHANGED', 'KEYS', 'READ BY'];
  const rows = listed.map((one) => [
    one.name,
    one.service,
    one.type ?? '',
    one.isThere ? (one.version ?? '') : colors.red('not there'),
    one.modifiedAt?.toISOString().replace(/\.\d+Z$/u, 'Z') ?? '',
    one.keys === undefined ? '' : String(one.keys),
    one.readBy.join(', '),
  ]);
  stdout.write(
    `${formatTable({ head: head.map((text) => colors.dim(text)), rows, columns: stdout.columns })}\n`,
  );
}
