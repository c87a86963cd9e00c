import type { Delivery } from './deliver.js';
import { readPlace } from './plan-changes.js';
import type { RotateOptions } from './rotate-options.js';
import { fingerprint, type Journal, type JournalPlace, type RotationFiles } from './rotation-files.js';
import { listWritten, note, type WrittenPlace } from './rotation-notes.js';

/** What has become of rotations that were interrupted. */
export interface Settled {
  finished: { action: Journal['action']; names: readonly string[] }[];
  /** Ids. */
  undone: string[];
  places: WrittenPlace[];
  backup: string | undefined;
  delivery: Delivery | undefined;
}

/**
 * Ends what earlier runs have begun in the same place: what was written is carried on to the pods, what was not is
 * forgotten. Which of both it is the store tells, not the journal: a process may have died between the two.
 */
export async function settleOpen(
  files: RotationFiles,
  options: RotateOptions,
  finish: (journal: Journal) => Promise<Delivery | undefined>,
): Promise<Settled> {
  const settled: Settled = {
    ...{ finished: [], undone: await files.removeUnbegun(), places: [] },
    ...{ backup: undefined, delivery: undefined },
  };
  for (const journal of await files.listOpen(options.scope)) {
    const written = await listWrittenPlaces(files, journal, options);
    const names = written.flatMap((one) => one.names);
    if (names.length === 0) {
      await undo(files, journal);
      settled.undone.push(journal.id);
      continue;
    }
    // What was not written is forgotten; whoever still wants it asks for it again.
    const rest: Journal = { ...journal, places: written };
    settled.delivery = await finish(rest);
    settled.finished.push({ action: journal.action, names });
    settled.places.push(...listWritten(rest));
    settled.backup = files.backupOf(journal.id);
  }
  return settled;
}

async function undo(files: RotationFiles, journal: Journal): Promise<void> {
  await note(files, journal, 'undone');
  await files.writeJournal({ ...journal, state: 'undone' });
}

async function listWrittenPlaces(
  files: RotationFiles,
  journal: Journal,
  options: RotateOptions,
): Promise<JournalPlace[]> {
  // From here on the journal is to be believed.
  if (journal.state !== 'prepared') return journal.places;
  const salt = await files.readSalt(journal.id);
  const looked = await Promise.all(
    journal.places.map(async (one) => {
      const version = await findVersion(one, salt, options);
      return version === undefined ? [] : [{ ...one, versionAfter: version || undefined }];
    }),
  );
  return looked.flat();
}

/** The version that holds what was to be written; empty where it was to be gone and is; undefined where it does not. */
async function findVersion(
  { place, after }: JournalPlace,
  salt: string,
  { openPlace, signal }: RotateOptions,
): Promise<string | undefined> {
  const stored = await (await openPlace(place)).get(place.path, { signal });
  const [firstKey = ''] = Object.keys(after);
  const members = readPlace(place, stored, firstKey);
  const isThere = Object.entries(after).every(
    ([key, wanted]) => fingerprint(salt, members.get(key)) === wanted,
  );
  return isThere ? (stored?.version ?? '') : undefined;
}
