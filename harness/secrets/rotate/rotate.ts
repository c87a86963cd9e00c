import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { SluiceError } from '../../errors.js';
import { identifyProcess } from '../../exec/process-identity.js';
import { findParameters } from '../find-parameters.js';
import { type Delivery, deliver } from './deliver.js';
import { locateSecrets } from './locate-secrets.js';
import { planRetirement, planRotation } from './plan-changes.js';
import type { RotateOptions, RotationReport } from './rotate-options.js';
import { fingerprint, type Journal, RotationFiles } from './rotation-files.js';
import { listWritten, note } from './rotation-notes.js';
import { describePlace, type PlaceChange } from './rotation-plan.js';
import { settleOpen } from './settle-open.js';
import { writeChange } from './write-change.js';

/**
 * Replaces secrets: makes new values, backs up the old ones, writes, notes who and when, has the operator read them,
 * replaces the pods and waits until they hold them. With `retire` it takes away what `keepPrevious` has kept.
 *
 * Interrupted at any point it loses nothing: the next run in the same folder brings to its end what was written, and
 * forgets what was not. No value is in the journal, the log, the report or an error; the backup has mode 0600.
 *
 * @throws SluiceError `ROTATION_RUNNING`, `SECRET_UNKNOWN`, `SECRET_AMBIGUOUS`, `GENERATE_UNKNOWN`, `PREVIOUS_KEPT`,
 * `NOTHING_TO_RETIRE`, `NOT_DELIVERED` (the new values are written then; running it again goes on), those of the store.
 */
export async function rotate(options: RotateOptions): Promise<RotationReport> {
  const files = new RotationFiles(options.folder);
  await using _lock = await files.lock();
  const action: Journal['action'] = options.retire ? 'retire' : 'rotate';
  const settled = await settleOpen(files, options, async (journal) => await finish(files, journal, options));
  const isFinished = (name: string): boolean =>
    settled.finished.some((one) => one.action === action && one.names.includes(name));
  const names = [...new Set(options.names)].filter((name) => !isFinished(name));
  const earlier = {
    action,
    finished: settled.finished.flatMap((one) => one.names),
    undone: settled.undone,
  };
  if (names.length === 0) {
    const { places, delivery, backup } = settled;
    return { ...earlier, id: undefined, state: 'done', places, backup, delivery };
  }
  const changes = await plan(names, options);
  if (!(await options.confirm(changes)))
    return {
      ...earlier,
      id: undefined,
      state: 'refused',
      places: [],
      backup: undefined,
      delivery: undefined,
    };
  const { journal, delivery } = await perform(files, changes, options);
  return {
    ...{ ...earlier, id: journal.id, state: 'done', delivery, backup: files.backupOf(journal.id) },
    places: listWritten(journal),
  };
}

async function plan(names: readonly string[], options: RotateOptions): Promise<PlaceChange[]> {
  const { manifests, openPlace, path, signal } = options;
  const targets = await locateSecrets({ names, manifests, openPlace, path, signal });
  const parameters = findParameters(manifests);
  const readersOf = (wanted: string): string[] =>
    parameters
      .filter(({ name }) => name === wanted)
      .flatMap(({ uses }) => uses.map(({ externalSecret }) => externalSecret));
  const planOptions = { ...options, readersOf };
  return options.retire
    ? await planRetirement(targets, planOptions)
    : await planRotation(targets, planOptions);
}

async function perform(
  files: RotationFiles,
  changes: readonly PlaceChange[],
  options: RotateOptions,
): Promise<{ journal: Journal; delivery: Delivery | undefined }> {
  const { openPlace, signal, onStep } = options;
  signal?.throwIfAborted();
  const id = `${new Date().toISOString().replaceAll(/[^\dT]/gu, '')}-${randomBytes(3).toString('hex')}`;
  onStep?.('back-up', 'begin', files.backupOf(id));
  await files.open(id);
  const salt = await files.backUp(id, changes);
  onStep?.('back-up', 'end', files.backupOf(id));
  const journal = draftJournal(id, { changes, salt, options });
  onStep?.('journal', 'begin', id);
  await files.writeJournal(journal);
  await note(files, journal, 'started');
  onStep?.('journal', 'end', id);
  for (const [index, change] of changes.entries()) {
    const store = await openPlace(change.place);
    onStep?.('write', 'begin', describePlace(change.place));
    const version = await writeChange(change, store, signal);
    onStep?.('write', 'end', describePlace(change.place));
    const place = journal.places[index];
    if (place !== undefined) place.versionAfter = version;
    await files.writeJournal(journal);
  }
  return { journal, delivery: await finish(files, journal, options) };
}

/** From what is written to what the pods hold. */
async function finish(
  files: RotationFiles,
  journal: Journal,
  options: RotateOptions,
): Promise<Delivery | undefined> {
  const { onStep } = options;
  journal.state = 'written';
  await files.writeJournal(journal);
  await note(files, journal, 'written');
  const externalSecrets = [...new Set(journal.places.flatMap(({ place }) => place.externalSecrets))];
  onStep?.('deliver', 'begin', externalSecrets.join(', '));
  const delivery = await carry(externalSecrets, options);
  journal.state = 'delivered';
  await files.writeJournal(journal);
  onStep?.('deliver', 'end', externalSecrets.join(', '));
  onStep?.('log', 'begin', journal.id);
  await note(files, journal, 'finished');
  onStep?.('log', 'end', journal.id);
  onStep?.('close', 'begin', journal.id);
  journal.state = 'done';
  await files.writeJournal(journal);
  onStep?.('close', 'end', journal.id);
  return delivery;
}

async function carry(
  externalSecrets: readonly string[],
  options: RotateOptions,
): Promise<Delivery | undefined> {
  const { cluster, openPlace, signal, restart = true, onRefreshed, onRestarted } = options;
  if (cluster === undefined || externalSecrets.length === 0) return undefined;
  const { client, ...place } = cluster;
  return await deliver(client, {
    ...place,
    ...{ externalSecrets, restart, signal },
    openStore: async (service, region) => await openPlace({ service, region }),
    ...(onRefreshed === undefined ? {} : { onRefreshed }),
    ...(onRestarted === undefined ? {} : { onRestarted }),
  });
}

interface Draft {
  changes: readonly PlaceChange[];
  salt: string;
  options: RotateOptions;
}

function draftJournal(id: string, { changes, salt, options }: Draft): Journal {
  return {
    format: 1,
    id,
    startedAt: new Date().toISOString(),
    who: findWho(),
    owner: identifyProcess(process.pid),
    scope: options.scope,
    action: options.retire ? 'retire' : 'rotate',
    places: changes.map(({ place, names, version, after }) => ({
      ...{ place, names, versionBefore: version },
      after: Object.fromEntries([...after].map(([key, value]) => [key, fingerprint(salt, value)])),
    })),
    state: 'prepared',
  };
}

/** Who is at it, by the names of this machine. */
function findWho(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}@${hostname()}`;
  }
}

/** True for what says that the new values are written and have not arrived everywhere. */
export function isUndelivered(error: unknown): boolean {
  return (
    error instanceof SluiceError && ['NOT_DELIVERED', 'NOT_IN_TIME', 'ROLLOUT_FAILED'].includes(error.code)
  );
}
