import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  listUnlike,
  parseEnvironment,
  type RunInNode,
  readProcesses,
  readStartedWith,
} from '../../../harness/e2e/read-processes.js';
import type { ContainerEnvironment, EnvVariable } from '../../../harness/manifest/container-environment.js';
import { type EnvValue, knownValue, unknownValue } from '../../../harness/manifest/env-value.js';
import { SecretValue } from '../../../harness/manifest/secret-value.js';

function told(values: Record<string, EnvValue>): ContainerEnvironment {
  const variables = Object.entries(values).map(([name, value]) => ({ name, value }) as EnvVariable);
  return { variables } as unknown as ContainerEnvironment;
}

describe("a process's environment", () => {
  test('is read as the kernel keeps it, whatever the values hold', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !/[=\0]/u.test(text));
    const value = fc.string().filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([own]) => own }), (entries) => {
        const text = entries.map(([own, held]) => `${own}=${held}\0`).join('');
        expect([...parseEnvironment(text)]).toEqual(entries);
      }),
    );
  });

  test('is unlike what was told where a variable is missing or another, which are told by name alone', () => {
    const actual = new Map([
      ['SAME', 'a'],
      ['OTHER', 'canary-held'],
      ['POD_NAME', 'shop-1'],
      ['PATH', '/usr/bin'],
    ]);
    const environment = told({
      SAME: knownValue('a'),
      OTHER: knownValue(new SecretValue('canary-told')),
      MISSING: knownValue('b'),
      POD_NAME: unknownValue('at-runtime'),
      NODE_NAME: unknownValue('at-runtime'),
      NOT_SET: { state: 'absent' },
    });
    expect(listUnlike(actual, environment)).toEqual([
      'OTHER: another value',
      'MISSING: missing',
      'NODE_NAME: missing',
    ]);
  });
});

describe('the environments of containers', () => {
  const TASKS = 'TASK    PID     STATUS\naaa     11      RUNNING\nbbb     22      RUNNING\nccc 33 STOPPED\n';

  test('are those of their processes; one that has ended has none', async () => {
    const asked: string[][] = [];
    const run: RunInNode = async (argv) => {
      asked.push([...argv]);
      return argv[0] === 'ctr' ? TASKS : `${Buffer.from('A=1\nx\0B=\0').toString('base64')}\n\n`;
    };
    const found = await readProcesses(run, ['aaa', 'ccc', 'gone']);
    expect(asked[1]?.slice(-2)).toEqual(['11', '33']);
    expect(found).toEqual(
      new Map([
        [
          'aaa',
          new Map([
            ['A', '1\nx'],
            ['B', ''],
          ]),
        ],
      ]),
    );
  });

  test('are in no error, when the node fails while it tells them', async () => {
    const run: RunInNode = async (argv) => {
      if (argv[0] === 'ctr') return TASKS;
      throw new Error('PASSWORD=canary');
    };
    const error: unknown = await readProcesses(run, ['aaa']).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'PROCESSES_UNREADABLE' });
    expect(String(error) + JSON.stringify(error)).not.toContain('canary');
    expect((error as Error).cause).toBeUndefined();
  });

  test('as they were started with tell no value where the runtime prints half of them', async () => {
    const run: RunInNode = async () => '{"process": {"env": ["PASSWORD=canary';
    const error: unknown = await readStartedWith(run, 'aaa').catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'PROCESSES_UNREADABLE' });
    expect(String(error) + JSON.stringify(error)).not.toContain('canary');
    const whole: RunInNode = async () => JSON.stringify({ process: { env: ['A=1', 'B=x=y'] } });
    expect([...(await readStartedWith(whole, 'aaa'))]).toEqual([
      ['A', '1'],
      ['B', 'x=y'],
    ]);
  });
});
