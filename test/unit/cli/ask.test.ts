import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { askSecret, askWhether, canAsk, InterruptedError } from '../../../harness/cli/ask.js';
import type { CliContext, InputStream } from '../../../harness/cli/cli-context.js';

function makeTerminal() {
  const shown: string[] = [];
  const stdin: InputStream = Object.assign(new PassThrough(), { isTTY: true });
  const collector = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      shown.push(chunk.toString('utf8'));
      done();
    },
  });
  const controller = new AbortController();
  const context: CliContext = {
    env: {},
    stdin,
    stdout: new PassThrough(),
    stderr: collector,
    cwd: '.',
    signal: controller.signal,
  };
  return { context, stdin: stdin as InputStream & PassThrough, controller, shown: () => shown.join('') };
}

test('a secret that is typed is taken to the letter and not shown', async () => {
  const { context, stdin, shown } = makeTerminal();
  expect(canAsk(context)).toBe(true);
  const asked = askSecret('Value of DB_PASSWORD', context);
  await expect.poll(shown, { timeout: 30_000 }).toContain('Value of DB_PASSWORD');
  stdin.write('canary ü$1\n');
  expect((await asked).reveal()).toBe('canary ü$1');
  expect(shown()).not.toContain('canary');
});

test('Enter alone is no; y is yes', async () => {
  for (const [typed, expected] of [
    ['\n', false],
    ['y\n', true],
  ] as const) {
    const { context, stdin, shown } = makeTerminal();
    const asked = askWhether('prod is protected. Write this?', context);
    await expect.poll(shown, { timeout: 30_000 }).toContain('prod is protected');
    stdin.write(typed);
    expect(await asked).toBe(expected);
  }
});

test('an interruption while somebody is asked is an end, and no answer', async () => {
  const { context, controller, shown } = makeTerminal();
  const asked = askSecret('Value of DB_PASSWORD', context);
  await expect.poll(shown, { timeout: 30_000 }).toContain('Value of');
  controller.abort(new Error('interrupted by SIGINT'));
  await expect(asked).rejects.toBeInstanceOf(InterruptedError);
});

test('without a terminal nobody is asked', () => {
  const { context } = makeTerminal();
  expect(canAsk({ ...context, stdin: new PassThrough() })).toBe(false);
  expect(canAsk({ ...context, stdin: undefined })).toBe(false);
});
