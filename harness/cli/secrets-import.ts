import { SluiceError } from '../errors.js';
import { SecretValue } from '../manifest/secret-value.js';
import type { ChangedParameter } from '../secrets/choose-place.js';
import { diffValues, toChange, type ValueDifference } from '../secrets/diff-values.js';
import { type DotenvEntry, indexDotenv, parseDotenv } from '../secrets/dotenv.js';
import { changeDocument } from '../secrets/json-document.js';
import {
  type ImportPlan,
  type ImportTarget,
  planDocument,
  planPerKey,
  planRelease,
  requireDistinctNames,
} from '../secrets/plan-import.js';
import { guardName, guardWrite } from '../secrets/store-guards.js';
import type { StoredValue } from '../store/value-store.js';
import { askWhether, canAsk } from './ask.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { describeDifference, formatDifference, formatWritten } from './format-secrets.js';
import { readDotenvText } from './secrets-diff.js';
import {
  addSecretsFlags,
  holdsDocument,
  nameText,
  openSession,
  readValues,
  type SecretsFlags,
  type SecretsSession,
} from './secrets-session.js';
import {
  addWriteFlags,
  type PlannedChange,
  type WriteFlags,
  type WrittenParameter,
  warnOfWeak,
  writeChange,
} from './secrets-write.js';

interface Flags extends SecretsFlags, WriteFlags {
  perKey?: boolean;
  prune?: boolean;
  skipUnknown?: boolean;
  dryRun?: boolean;
}

/** What an import would do to one parameter. */
interface PlannedImport extends PlannedChange {
  differences: readonly ValueDifference[];
}

/** `sluice secrets import`: writes what a dotenv file holds, after a look at what changes. */
export async function runSecretsImport(args: readonly string[], context: CliContext): Promise<number> {
  const command = createImportCommand(context);
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const file = command.processedArgs[0] as string;
  if (flags.perKey && flags.path === undefined) throw describePathless();
  const entries = parseDotenv(await readDotenvText(file, context), file);
  requireDistinctNames(entries, file);
  using session = await openSession(flags, context);
  const { targets, skipped } = await planTargets(session, indexDotenv(entries), flags);
  const plan = await compareAll(session, targets, flags);
  if (!flags.quiet) tellNotes(entries, skipped, context);
  warnOfWeak(indexDotenv(entries), context);
  if (!flags.json) printPlan(plan, { flags, context });
  const changing = plan.filter(({ differences }) => differences.length > 0);
  const isTold = changing.length > 0 && (await isToldToWrite(session, flags, context));
  const written: WrittenParameter[] = [];
  const colors = chooseColors(context.stdout, context.env, flags.color);
  for (const change of isTold ? changing : []) {
    context.signal.throwIfAborted();
    const one = await writeChange(session, change, { flags, signal: context.signal });
    written.push(one);
    if (!flags.json && !flags.quiet) context.stdout.write(`${formatWritten(one, colors)}\n`);
  }
  if (flags.json) printJson(plan, { written, skipped, dryRun: !isTold, context });
  return 0;
}

function createImportCommand(context: CliContext) {
  return addWriteFlags(
    addSecretsFlags(
      createCommand(
        {
          name: 'secrets import',
          usage: '[options] FILE',
          description:
            'Write what a dotenv file holds (- is standard input) to where the release reads it from, after a look at what\n' +
            'changes: names, lengths, fingerprints. What is in the store and not in the file stays. On a protected\n' +
            'environment it is a dry run, unless somebody says yes.',
          example: 'sluice secrets import -f values/staging.yaml .env.staging',
        },
        context,
      ),
      { writes: true },
    ),
  )
    .argument('<file>', 'dotenv file')
    .option('--per-key', 'one parameter a key below --path: DB_PASSWORD at PATH/db_password')
    .option('--prune', 'take out keys of the same JSON that are not in the file')
    .option('--skip-unknown', 'leave out names that the release does not read')
    .option('--dry-run', 'show what would change, and write nothing');
}

async function planTargets(
  session: SecretsSession,
  values: ReadonlyMap<string, SecretValue>,
  { perKey = false, skipUnknown = false }: Flags,
): Promise<ImportPlan> {
  const [only] = session.parameters;
  if (perKey && only !== undefined) return planPerKey(values, only);
  if (session.isNamed && only !== undefined && only.uses.length === 0) return planDocument(values, only);
  const listMembers = async (parameter: ChangedParameter): Promise<string[]> => {
    const stored = (await session.read([parameter])).get(parameter.name);
    return holdsDocument(parameter, stored) ? [...readValues(parameter, stored).keys()] : [];
  };
  return await planRelease(values, session.parameters, { listMembers, skipUnknown });
}

/** Compares with what is there, and refuses now what AWS would refuse later, half of it written. */
async function compareAll(
  session: SecretsSession,
  targets: readonly ImportTarget[],
  flags: Flags,
): Promise<PlannedImport[]> {
  const stored = await session.read(targets.map(({ parameter }) => parameter));
  const plan: PlannedImport[] = [];
  for (const target of targets) {
    const { store, name } = await session.place(target.parameter);
    guardName(store.service, name);
    const present = stored.get(name);
    const one = compareOne(target, present, flags.prune ?? false);
    plan.push(one);
    if (one.differences.length === 0) continue;
    const value = describeOutcome(one, present);
    const known = present === undefined || value.length <= 4096 ? undefined : await store.describe(name);
    guardWrite({
      service: store.service,
      name,
      value,
      type: flags.type,
      presentType: present?.type,
      tier: flags.tier ?? known?.tier,
    });
  }
  return plan;
}

function compareOne(
  { parameter, wanted }: ImportTarget,
  present: StoredValue | undefined,
  prune: boolean,
): PlannedImport {
  if ('text' in wanted) {
    const key = nameText(parameter);
    const before = new Map(present === undefined ? [] : [[key, present.value]]);
    const change = { text: wanted.text, expected: present?.value };
    return {
      parameter,
      change,
      create: true,
      differences: diffValues(before, new Map([[key, wanted.text]])),
    };
  }
  // What is no JSON object is told of now, not after half of the import.
  const before = readValues({ ...parameter, uses: DOCUMENT }, present);
  const after = prune ? wanted.members : new Map([...before, ...wanted.members]);
  const differences = diffValues(before, after);
  const { change, expected } = toChange(differences);
  return { parameter, change: { members: change, expected }, create: true, differences };
}

const DOCUMENT = [{ externalSecret: '', target: '', kind: 'extract', keys: [] }] as const;

function describeOutcome({ change }: PlannedImport, present: StoredValue | undefined): SecretValue {
  if ('text' in change) return change.text;
  const raw = new Map(
    [...change.members].map(([key, value]) => [key, value && JSON.stringify(value.reveal())]),
  );
  return new SecretValue(changeDocument(present?.value.reveal(), raw));
}

async function isToldToWrite(session: SecretsSession, flags: Flags, context: CliContext): Promise<boolean> {
  if (flags.dryRun) return false;
  if (flags.yes) return true;
  const { protectedBy } = session;
  if (canAsk(context)) {
    return await askWhether(
      protectedBy === undefined ? 'Write this?' : `${protectedBy} is protected. Write this?`,
      context,
    );
  }
  if (protectedBy === undefined) return true;
  if (!flags.quiet) {
    context.stderr.write(`dry run, nothing was written: ${protectedBy} is protected; --yes writes\n`);
  }
  return false;
}

function tellNotes(
  entries: readonly DotenvEntry[],
  skipped: readonly string[],
  { stderr }: CliContext,
): void {
  if (skipped.length > 0) stderr.write(`note: left out, the release does not read ${skipped.join(', ')}\n`);
  for (const { name, value, quote } of entries) {
    const isReference = quote !== "'" && /\$\{\w+\}/u.test(value.reveal());
    if (isReference) stderr.write(`note: ${name} holds a \${…}, which is written as it stands\n`);
  }
}

function printPlan(
  plan: readonly PlannedImport[],
  { flags, context }: { flags: Flags; context: CliContext },
): void {
  const { stdout, env } = context;
  const colors = chooseColors(stdout, env, flags.color);
  const changing = plan.filter(({ differences }) => differences.length > 0);
  if (changing.length === 0 && !flags.quiet) stdout.write('nothing to change\n');
  for (const { parameter, differences } of changing) {
    const lines = differences.map((one) => formatDifference(one, colors));
    stdout.write(`${[colors.bold(parameter.name), ...lines].join('\n')}\n`);
  }
}

function printJson(
  plan: readonly PlannedImport[],
  options: {
    written: readonly WrittenParameter[];
    skipped: readonly string[];
    dryRun: boolean;
    context: CliContext;
  },
): void {
  const { context, ...rest } = options;
  const parameters = plan.map(({ parameter, differences }) => ({
    name: parameter.name,
    differences: differences.map(describeDifference),
  }));
  context.stdout.write(`${JSON.stringify({ parameters, ...rest }, null, 2)}\n`);
}

function describePathless(): SluiceError {
  return new SluiceError({
    code: 'USAGE',
    message: '--per-key needs --path',
    remedy: 'Such as --per-key --path /shop/dev/api: DB_PASSWORD becomes /shop/dev/api/db_password.',
    exitCode: 2,
  });
}
