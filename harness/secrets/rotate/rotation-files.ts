import { createHmac, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { SluiceError } from '../../errors.js';
import { identifyProcess, isRunning, type ProcessIdentity } from '../../exec/process-identity.js';
import type { SecretValue } from '../../manifest/secret-value.js';
import { writePrivateFile } from '../write-private-file.js';
import type { PlaceChange, RotationPlace } from './rotation-plan.js';

/** One place of a rotation as its journal has it: fingerprints, no values. */
export interface JournalPlace {
  place: RotationPlace;
  names: readonly string[];
  versionBefore: string | undefined;
  versionAfter?: string | undefined;
  /** By name in the place: what will be there. Null: nothing. */
  after: Readonly<Record<string, string | null>>;
}

/** How far a rotation has come. Written before and after everything that cannot be taken back. */
export interface Journal {
  format: 1;
  id: string;
  startedAt: string;
  who: string;
  owner: ProcessIdentity;
  /** Cluster, namespace and store: a rotation is brought to its end where it was begun. */
  scope: string;
  action: 'rotate' | 'retire';
  places: JournalPlace[];
  state: 'prepared' | 'written' | 'delivered' | 'done' | 'undone';
}

/** A line of the log. No values, no fingerprints. */
export interface LogLine {
  time: string;
  id: string;
  who: string;
  event: 'started' | 'written' | 'finished' | 'undone';
  action: Journal['action'];
  names: readonly string[];
  places: readonly { place: string; from: string | undefined; to: string | undefined }[];
}

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

/**
 * The folder in which rotations are noted: `rotations/ID/backup.json` (mode 0600: the only file with values),
 * `rotations/ID/journal.json`, and `rotations.log`. It keeps itself out of git.
 *
 * No symbolic link is followed, and no backup is ever written over.
 */
export class RotationFiles {
  constructor(readonly folder: string) {}

  /** Makes the folders, and one of this rotation's own. */
  async open(id: string): Promise<void> {
    for (const folder of [this.folder, this.#rotations]) {
      await mkdir(folder, { mode: PRIVATE_FOLDER, recursive: true });
      await requireFolder(folder);
    }
    const ignore = join(this.folder, '.gitignore');
    if (!(await exists(ignore))) await writePrivateFile(ignore, '*\n');
    await mkdir(join(this.#rotations, id), { mode: PRIVATE_FOLDER });
  }

  /** Where the backup of a rotation is. */
  backupOf(id: string): string {
    return join(this.#rotations, id, 'backup.json');
  }

  /** Writes what is there now, with the salt of the fingerprints. */
  async backUp(id: string, changes: readonly PlaceChange[]): Promise<string> {
    const salt = randomBytes(32).toString('hex');
    const places = changes.map(({ place, before, version }) => ({
      ...{ service: place.service, path: place.path, version },
      values: Object.fromEntries([...before].map(([key, value]) => [key, value?.reveal() ?? null])),
    }));
    await writePrivateFile(
      this.backupOf(id),
      `${JSON.stringify({ format: 1, id, salt, places }, null, 2)}\n`,
    );
    return salt;
  }

  async readSalt(id: string): Promise<string> {
    const { salt } = JSON.parse(await readFile(this.backupOf(id), 'utf8')) as { salt: string };
    return salt;
  }

  async writeJournal(journal: Journal): Promise<void> {
    const path = join(this.#rotations, journal.id, 'journal.json');
    await writePrivateFile(path, `${JSON.stringify(journal, null, 2)}\n`, { replace: true });
  }

  /** The rotations that were begun and not ended, oldest first. */
  async listOpen(scope: string): Promise<Journal[]> {
    const names = await readdir(this.#rotations).catch((): string[] => []);
    const journals = await Promise.all(names.sort().map(async (name) => await this.#readJournal(name)));
    return journals.filter(
      (one) => one !== undefined && one.scope === scope && one.state !== 'done' && one.state !== 'undone',
    ) as Journal[];
  }

  /** Takes away what was begun and has no journal: nothing but a backup was made. */
  async removeUnbegun(): Promise<string[]> {
    const names = await readdir(this.#rotations).catch((): string[] => []);
    const unbegun: string[] = [];
    for (const name of names.sort()) {
      const folder = join(this.#rotations, name);
      const { isFolder } = await lstat(folder).then((info) => ({ isFolder: info.isDirectory() }));
      if (!isFolder || (await exists(join(folder, 'journal.json')))) continue;
      await rm(folder, { recursive: true });
      unbegun.push(name);
    }
    return unbegun;
  }

  /** Appends a line to the log; an event of a rotation that is there already is not noted again. */
  async log(line: LogLine): Promise<void> {
    if (await this.#hasLogged(line)) return;
    const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
    const path = join(this.folder, 'rotations.log');
    const handle = await open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, PRIVATE_FILE).catch(
      (error: NodeJS.ErrnoException) => {
        throw describeUnusable(path, error.message);
      },
    );
    try {
      await handle.writeFile(`${JSON.stringify(line)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /**
   * Lets nobody else rotate here until it is disposed of. A lock of a process that has ended counts for nothing.
   *
   * @throws SluiceError `ROTATION_RUNNING`.
   */
  async lock(): Promise<AsyncDisposable> {
    await mkdir(this.folder, { mode: PRIVATE_FOLDER, recursive: true });
    await requireFolder(this.folder);
    const path = join(this.folder, 'rotations.lock');
    const mine = `${JSON.stringify(identifyProcess(process.pid))}\n`;
    for (;;) {
      const failure = await writePrivateFile(path, mine).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure === undefined) break;
      if (!(failure instanceof SluiceError) || failure.code !== 'FILE_EXISTS') throw failure;
      await removeDeadLock(path);
    }
    return { [Symbol.asyncDispose]: async () => await rm(path, { force: true }) };
  }

  async #hasLogged({ id, event }: LogLine): Promise<boolean> {
    const text = await readFile(join(this.folder, 'rotations.log'), 'utf8').catch(() => '');
    const isSame = (line: string): boolean =>
      line.includes(`"id":"${id}"`) && line.includes(`"event":"${event}"`);
    return text.split('\n').some(isSame);
  }

  async #readJournal(id: string): Promise<Journal | undefined> {
    const path = join(this.#rotations, id, 'journal.json');
    const text = await readFile(path, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as Journal);
  }

  get #rotations(): string {
    return join(this.folder, 'rotations');
  }
}

/** Tells values apart without giving them away: whoever has the salt has the backup too. */
export function fingerprint(salt: string, value: SecretValue | undefined): string | null {
  return value === undefined ? null : createHmac('sha256', salt).update(value.reveal()).digest('hex');
}

/** By one at a time: what was looked at may be another one's new lock by the time that it is removed. */
async function removeDeadLock(path: string): Promise<void> {
  const release = await lock(path, {
    realpath: false,
    stale: 10_000,
    onCompromised: () => undefined,
    // For longer than it takes until that lock is stale, should somebody have been killed who had it.
    retries: { retries: 200, minTimeout: 10, maxTimeout: 100, randomize: true },
  }).catch((error: Error) => {
    throw describeUnusable(`${path}.lock`, error.message);
  });
  try {
    const owner = await readOwner(path);
    if (owner === 'nobody') return;
    if (owner !== undefined && isRunning(owner)) throw describeRunning(path, owner);
    await rm(path, { force: true });
  } finally {
    await release();
  }
}

/** Undefined where the file does not tell. */
async function readOwner(path: string): Promise<ProcessIdentity | 'nobody' | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'nobody' : undefined;
  }
}

async function requireFolder(path: string): Promise<void> {
  const found = await lstat(path);
  if (!found.isDirectory())
    throw describeUnusable(path, found.isSymbolicLink() ? 'it is a symbolic link' : 'it is no folder');
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

function describeUnusable(path: string, evidence: string): SluiceError {
  return new SluiceError({
    code: 'ROTATION_FOLDER',
    message: `${path}: backups and logs are not written there`,
    evidence,
    remedy: 'Name another folder with --backup-dir.',
  });
}

function describeRunning(path: string, { pid }: ProcessIdentity): SluiceError {
  return new SluiceError({
    code: 'ROTATION_RUNNING',
    message: `process ${pid} is rotating secrets here already`,
    evidence: path,
    remedy: 'Wait for its end, and run this again.',
  });
}
