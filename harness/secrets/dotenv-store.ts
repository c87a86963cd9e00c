import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { lock } from 'proper-lockfile';
import { SluiceError } from '../errors.js';
import { SecretValue } from '../manifest/secret-value.js';
import { StoreError } from '../store/store-error.js';
import type {
  GetOptions,
  PutOptions,
  StoreCallOptions,
  StoredEntry,
  StoredValue,
  ValueStore,
} from '../store/value-store.js';
import { indexDotenv, parseDotenv } from './dotenv.js';
import { updateDotenv } from './format-dotenv.js';
import { writePrivateFile } from './write-private-file.js';

/**
 * A dotenv file as a store: one JSON object of all its variables, whatever the name it is asked for by.
 *
 * Before each change the file as it was goes into the folder `FILE.history` beside it, which keeps itself out of git.
 * Versions are hashes of the text. Writers that know of each other by a lock file take turns.
 */
export class DotenvStore implements ValueStore {
  readonly service = 'Dotenv';
  readonly #folder: string;

  constructor(readonly file: string) {
    this.#folder = join(dirname(file), `${basename(file)}.history`);
  }

  async get(name: string, { version, signal }: GetOptions = {}): Promise<StoredValue | undefined> {
    signal?.throwIfAborted();
    const current = await this.#read();
    if (current === undefined) return undefined;
    if (version === undefined || version === current.version)
      return { name, ...describe(current, this.file) };
    const kept = (await this.#listKept()).find((one) => one.version === version);
    if (kept === undefined) return undefined;
    const text = await readFile(kept.path, 'utf8');
    return { name, ...describe({ text, version, modifiedAt: kept.modifiedAt }, kept.path) };
  }

  async getMany(names: readonly string[], options: StoreCallOptions = {}): Promise<Map<string, StoredValue>> {
    const found = await Promise.all(names.map(async (name) => await this.get(name, options)));
    return new Map(found.flatMap((value) => (value === undefined ? [] : [[value.name, value]])));
  }

  async getVersions(
    name: string,
    versions: readonly string[],
    options: StoreCallOptions = {},
  ): Promise<StoredValue[]> {
    const found = versions.map(async (version) => await this.get(name, { ...options, version }));
    return (await Promise.all(found)).flatMap((value) => value ?? []);
  }

  async describe(name: string, options: StoreCallOptions = {}): Promise<StoredEntry | undefined> {
    const found = await this.get(name, options);
    return found && { name, version: found.version, modifiedAt: found.modifiedAt };
  }

  async history(name: string, { signal }: StoreCallOptions = {}): Promise<StoredEntry[]> {
    signal?.throwIfAborted();
    const current = await this.#read();
    if (current === undefined) return [];
    const kept = (await this.#listKept()).filter(({ version }) => version !== current.version);
    return [current, ...kept].map(({ version, modifiedAt }) => ({ name, version, modifiedAt }));
  }

  async put(name: string, value: SecretValue, options: PutOptions = {}): Promise<string> {
    const written = await this.#write(value, options, undefined);
    if (written === undefined) throw describeExisting(this.file, name);
    return written;
  }

  async putOver(
    { version }: Pick<StoredValue, 'name' | 'version'>,
    value: SecretValue,
    options: PutOptions = {},
  ): Promise<string | undefined> {
    return await this.#write(value, options, version);
  }

  async delete(name: string): Promise<boolean> {
    throw new StoreError({
      code: 'STORE_REFUSED',
      message: `${this.file}: ${name} is not deleted, the file is one value`,
      remedy: 'sluice secrets unset takes variables out of it.',
    });
  }

  async list(path: string, options: StoreCallOptions = {}): Promise<StoredEntry[]> {
    const found = await this.describe(path, options);
    return found === undefined ? [] : [{ ...found, name: this.file }];
  }

  close(): void {
    // Nothing is kept open.
  }

  /** Undefined where another version is the current one, or there is one and there was to be none. */
  async #write(
    value: SecretValue,
    { signal, onlyIfAbsent }: PutOptions,
    over: string | undefined,
  ): Promise<string | undefined> {
    signal?.throwIfAborted();
    const release = await lock(this.file, {
      realpath: false,
      stale: 10_000,
      // A lock that is lost, to a machine that slept, costs another round of merging and no more.
      onCompromised: () => undefined,
      retries: { retries: 100, minTimeout: 20, maxTimeout: 200, randomize: true },
    }).catch((error: Error) => {
      throw describeLock(this.file, error);
    });
    try {
      const current = await this.#read();
      if (onlyIfAbsent && current !== undefined) return undefined;
      if (over !== undefined && current?.version !== over) return undefined;
      const text = updateDotenv(
        current?.text ?? '',
        compare(current?.text ?? '', value, this.file),
        this.file,
      );
      if (current !== undefined && text !== current.text) await this.#keep(current);
      if (text !== current?.text) await writePrivateFile(this.file, text, { replace: true });
      return hashText(text);
    } finally {
      await release();
    }
  }

  async #read(): Promise<Kept | undefined> {
    try {
      const [text, { mtime }] = await Promise.all([readFile(this.file, 'utf8'), stat(this.file)]);
      return { text, version: hashText(text), modifiedAt: mtime };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw describeUnreadable(this.file, error);
    }
  }

  async #keep({ text, version }: Kept): Promise<void> {
    await mkdir(this.#folder, { mode: 0o700, recursive: true });
    const ignore = join(this.#folder, '.gitignore');
    if (!(await exists(ignore))) await writePrivateFile(ignore, '*\n');
    const time = new Date().toISOString().replaceAll(/[^\dT]/gu, '');
    await writePrivateFile(join(this.#folder, `${time}-${version}.env`), text);
  }

  async #listKept(): Promise<{ path: string; version: string; modifiedAt: Date }[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw describeUnreadable(this.#folder, error);
    });
    const kept = names.sort().flatMap((name) => {
      const version = /^\d{8}T\d+-([\da-f]+)\.env$/u.exec(name)?.[1];
      return version === undefined ? [] : [{ path: join(this.#folder, name), version }];
    });
    const dated = await Promise.all(
      kept.map(async (one) => ({ ...one, modifiedAt: (await stat(one.path)).mtime })),
    );
    return dated.reverse();
  }
}

interface Kept {
  text: string;
  version: string;
  modifiedAt: Date;
}

function describe({ text, version, modifiedAt }: Kept, file: string): Omit<StoredValue, 'name'> {
  const values = [...indexDotenv(parseDotenv(text, file))].map(([name, value]) => [name, value.reveal()]);
  return { value: new SecretValue(JSON.stringify(Object.fromEntries(values))), version, modifiedAt };
}

function compare(text: string, value: SecretValue, file: string): Map<string, SecretValue | undefined> {
  const before = indexDotenv(parseDotenv(text, file));
  const wanted = new Map(
    Object.entries(readDocument(value, file)).map(([name, one]) => [
      name,
      new SecretValue(typeof one === 'string' ? one : JSON.stringify(one)),
    ]),
  );
  const changes = new Map<string, SecretValue | undefined>();
  for (const name of before.keys()) if (!wanted.has(name)) changes.set(name, undefined);
  for (const [name, one] of wanted) if (!before.get(name)?.equals(one)) changes.set(name, one);
  return changes;
}

// The parser's own error quotes what it could not read: the value.
function readDocument(value: SecretValue, file: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = JSON.parse(value.reveal());
  } catch {
    document = undefined;
  }
  if (typeof document === 'object' && document !== null && !Array.isArray(document))
    return document as Record<string, unknown>;
  throw new StoreError({
    code: 'STORE_REFUSED',
    message: `${file}: holds variables by name, and no text as a whole`,
    remedy: 'Give the name of a variable.',
  });
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function describeExisting(file: string, name: string): StoreError {
  return new StoreError({ code: 'STORE_EXISTS', message: `${file}: there is a value for ${name} already` });
}

function describeUnreadable(path: string, error: unknown): SluiceError {
  return new SluiceError({
    code: 'STORE_UNREACHABLE',
    message: `${path}: cannot be read`,
    evidence: error instanceof Error ? error.message : String(error),
    exitCode: 3,
  });
}

function describeLock(file: string, error: Error): SluiceError {
  return new SluiceError({
    code: 'STORE_THROTTLED',
    message: `${file}: another process has been writing it for too long`,
    evidence: error.message,
    remedy: `Where none is, remove ${file}.lock.`,
  });
}
