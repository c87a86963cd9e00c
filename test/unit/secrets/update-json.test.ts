import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { updateJson } from '../../../harness/secrets/update-json.js';
import type { GetOptions, PutOptions, StoredValue, ValueStore } from '../../../harness/store/value-store.js';

// Who is next is decided by the scheduler.
const options = { waitAfter: async () => undefined };

const NAME = '/shop/prod/app';

/**
 * Parameter Store as AWS describes it, without conditional writes. Every call waits for the scheduler, which decides
 * whose turn it is: real processes meet in a few of the ways only.
 */
class ScheduledStore implements ValueStore {
  readonly service = 'ParameterStore';
  readonly versions: string[];

  constructor(
    first: Record<string, unknown>,
    readonly turn: () => Promise<void>,
  ) {
    this.versions = [JSON.stringify(first)];
  }

  /** The same store for another writer. */
  for(turn: () => Promise<void>): ScheduledStore {
    return Object.assign(new ScheduledStore({}, turn), { versions: this.versions });
  }

  async get(name: string, { version }: GetOptions = {}): Promise<StoredValue | undefined> {
    await this.turn();
    return this.#at(name, version === undefined ? this.versions.length : Number(version));
  }

  async getVersions(name: string, versions: readonly string[]): Promise<StoredValue[]> {
    await this.turn();
    return versions.flatMap((version) => this.#at(name, Number(version)) ?? []);
  }

  async put(_name: string, value: SecretValue, _options?: PutOptions): Promise<string> {
    await this.turn();
    this.versions.push(value.reveal());
    const version = String(this.versions.length);
    await this.turn();
    return version;
  }

  async getMany(): Promise<Map<string, StoredValue>> {
    return new Map();
  }

  async describe(): Promise<undefined> {}

  async history(): Promise<[]> {
    return [];
  }

  async delete(): Promise<boolean> {
    return false;
  }

  async list(): Promise<[]> {
    return [];
  }

  close(): void {}

  get current(): Record<string, unknown> {
    return JSON.parse(this.versions.at(-1) ?? '{}');
  }

  #at(name: string, version: number): StoredValue | undefined {
    const text = this.versions[version - 1];
    return text === undefined ? undefined : { name, value: new SecretValue(text), version: String(version) };
  }
}

/** Gives turns to writers of which some are a hundred times as fast as others, as on a machine with too much to do. */
class UnevenTurns {
  readonly #waiting: { speed: number; go: () => void }[] = [];

  /** @param random from 0 up to 1 */
  constructor(readonly random: () => number) {}

  join(): () => Promise<void> {
    const speed = 10 ** (-2 * this.random());
    return async () => await new Promise<void>((go) => this.#waiting.push({ speed, go }));
  }

  async until(all: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = all.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      // Until everybody waits again whom the last turn has let go on.
      await new Promise((next) => setImmediate(next));
      let at = this.random() * this.#waiting.reduce((sum, { speed }) => sum + speed, 0);
      const next = this.#waiting.findIndex(({ speed }) => {
        at -= speed;
        return at <= 0;
      });
      if (next >= 0) this.#waiting.splice(next, 1)[0]?.go();
    }
    await over;
  }
}

type Change = Record<string, string | null>;

function toMap(change: Change): Map<string, SecretValue | undefined> {
  return new Map(
    Object.entries(change).map(([key, value]) => [key, value === null ? undefined : new SecretValue(value)]),
  );
}

describe('writers at the same time', () => {
  // Each has keys of its own: new ones, ones to change and ones to take out.
  const writers = fc.integer({ min: 2, max: 6 }).chain((count) =>
    fc.tuple(
      ...Array.from({ length: count }, (_, at) =>
        fc.record({ [`NEW_${at}`]: fc.constant(`new ${at}`) }, { requiredKeys: [] }).chain((one) =>
          fc
            .record({
              change: fc.constant<Change>({ ...(one as Change), [`OLD_${at}`]: `changed ${at}` }),
              removes: fc.boolean(),
            })
            .map(({ change, removes }): Change => (removes ? { ...change, [`GONE_${at}`]: null } : change)),
        ),
      ),
    ),
  );

  test('nobody’s key is lost, whatever order their calls come in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), writers, async (scheduler, changes) => {
        const before: Record<string, string> = { STAYS: 'as it is' };
        for (const at of changes.keys())
          Object.assign(before, { [`OLD_${at}`]: 'old', [`GONE_${at}`]: 'old' });
        const store = new ScheduledStore(before, async () => await scheduler.schedule(Promise.resolve()));
        const updates = changes.map(
          async (change) => await updateJson({ store, name: NAME }, toMap(change), options),
        );
        await scheduler.waitFor(Promise.all(updates));
        const expected = Object.entries(Object.assign({}, before, ...changes)).filter(
          ([, value]) => value !== null,
        );
        expect(store.current).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 400 },
    );
  });

  test('nor where there are 20, and some are a hundred times as slow as others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.noBias(fc.integer({ min: 0, max: 999_999 }))),
        async (numbers) => {
          const turns = new UnevenTurns(() => (numbers.next().value ?? 0) / 1_000_000);
          const names = Array.from({ length: 20 }, (_, at) => `${at}`);
          const before = Object.fromEntries(
            names.flatMap((at) => [`OLD_${at}`, `GONE_${at}`].map((key) => [key, 'x'])),
          );
          const store = new ScheduledStore(before, async () => undefined);
          const updates = names.map(async (at) => {
            const change = toMap({ [`NEW_${at}`]: 'new', [`OLD_${at}`]: 'changed', [`GONE_${at}`]: null });
            await updateJson({ store: store.for(turns.join()), name: NAME }, change, options);
          });
          await turns.until(Promise.all(updates));
          const after = names.flatMap((at) => [
            [`NEW_${at}`, 'new'],
            [`OLD_${at}`, 'changed'],
          ]);
          expect(store.current).toEqual(Object.fromEntries(after));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('a foreign writer that changes one key in between keeps its change', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const turn = async (): Promise<void> => await scheduler.schedule(Promise.resolve());
        const store = new ScheduledStore({ A: 'a', B: 'b' }, turn);
        const foreign = async (): Promise<void> => {
          await turn();
          store.versions.push(JSON.stringify({ ...store.current, B: 'theirs' }));
        };
        const ours = updateJson({ store, name: NAME }, toMap({ A: 'ours' }), options);
        await scheduler.waitFor(Promise.all([ours, foreign()]));
        expect(store.current).toEqual({ A: 'ours', B: 'theirs' });
      }),
      { numRuns: 300 },
    );
  });

  test('of two values for the same key one is current, and the loser or the winner says so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const turn = async (): Promise<void> => await scheduler.schedule(Promise.resolve());
        const store = new ScheduledStore({ KEY: 'old', OTHER: 'x' }, turn);
        const updates = ['one', 'two'].map(
          async (value) =>
            await updateJson({ store, name: NAME }, toMap({ KEY: value, [value]: '1' }), options),
        );
        const told = await scheduler.waitFor(Promise.all(updates));
        const { KEY, ...rest } = store.current;
        expect(['one', 'two']).toContain(KEY);
        expect(rest).toEqual({ OTHER: 'x', one: '1', two: '1' });
        const isOneAfterTheOther = told.every(({ merged }) => !merged);
        expect(isOneAfterTheOther || told.some(({ conflicts }) => conflicts.length > 0)).toBe(true);
        expect(store.versions.map((text) => JSON.parse(text).KEY)).toEqual(
          expect.arrayContaining(['one', 'two']),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('one writer', () => {
  const open = (first: string): ScheduledStore => {
    const store = new ScheduledStore({}, async () => undefined);
    store.versions[0] = first;
    return store;
  };

  test('members that nobody changes stay as they are written, to the byte', async () => {
    const store = open(
      '{"PORT": 1.10, "BIG": 12345678901234567890, "NESTED": {"a": [1, 2]}, "A": "\\u00fc"}',
    );
    await updateJson({ store, name: NAME }, toMap({ NEW: 'line\n"quoted"' }));
    expect(store.versions.at(-1)).toBe(
      '{"PORT":1.10,"BIG":12345678901234567890,"NESTED":{"a": [1, 2]},"A":"\\u00fc","NEW":"line\\n\\"quoted\\""}',
    );
  });

  test('what was written over several lines stays over several lines', async () => {
    const store = open('{\n  "A": "1",\n  "B": "2"\n}');
    await updateJson({ store, name: NAME }, toMap({ B: null, C: '3' }));
    expect(store.versions.at(-1)).toBe('{\n  "A": "1",\n  "C": "3"\n}');
  });

  test('what is there already is not written again', async () => {
    const store = open('{"A":"1"}');
    expect(await updateJson({ store, name: NAME }, toMap({ A: '1', B: null }))).toMatchObject({
      version: '1',
      changedKeys: [],
    });
    expect(store.versions.length).toBe(1);
  });

  test.for<[string, string]>([
    ['text', 'hunter2-the-secret'],
    ['a trailing comma', '{"A": "hunter2-the-secret",}'],
    ['a list', '["hunter2-the-secret"]'],
  ])('what is stored as %s is not touched, and not shown', async ([, text]) => {
    const store = open(text);
    const error = await updateJson({ store, name: NAME }, toMap({ A: '1' })).catch((one: Error) => one);
    expect(error).toMatchObject({ code: 'NOT_JSON_OBJECT' });
    expect((error as Error).message).not.toContain('hunter2');
    expect(store.versions).toEqual([text]);
  });

  test('a member that is not as it was when the change was decided on ends it before anything is written', async () => {
    const store = open('{"A":"since then"}');
    const expected = toMap({ A: 'as it was' });
    await expect(updateJson({ store, name: NAME }, toMap({ A: 'new' }), { expected })).rejects.toMatchObject({
      code: 'STORE_CHANGED',
    });
    expect(store.versions.length).toBe(1);
  });

  test('a key that no Secret can hold is refused without showing it', async () => {
    const store = open('{}');
    const error = await updateJson({ store, name: NAME }, toMap({ 'hunter2 secret!': 'x' })).catch(
      (one: Error) => one,
    );
    expect(error).toMatchObject({ code: 'STORE_KEY_INVALID', exitCode: 2 });
    expect((error as Error).message).not.toContain('hunter2');
  });
});
