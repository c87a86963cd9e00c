import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { CliContext, OutputStream } from '../../../harness/cli/cli-context.js';
import { openProgress } from '../../../harness/cli/cluster-progress.js';

function makeContext(terminal: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY: terminal, columns: 100, rows: 30 });
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const context = { stderr: stream as OutputStream, env: {} } as CliContext;
  return { context, read: () => text };
}

const SUBJECTS = ['etcd', 'kube-apiserver'];

test('off a terminal each step is one line, and what goes on is not told', async () => {
  const { context, read } = makeContext(false);
  const progress = openProgress({ context, quiet: false, color: true, subjects: SUBJECTS });
  progress.onStep({ subject: 'kube-apiserver', state: 'preparing', text: 'building, 3 min to go' });
  progress.onStep({ subject: 'etcd', state: 'working', text: '3.6' });
  progress.onStep({ subject: 'etcd', state: 'done', text: '3.6', durationMs: 250 });
  progress.onStep({ subject: 'kube-apiserver', state: 'failed', text: '1.35.4', durationMs: 1900 });
  progress.onStep({ subject: 'old', state: 'note', text: 'left behind, removed' });
  await progress.end();
  expect(read()).toBe(
    [
      '… kube-apiserver building, 3 min to go',
      '✓ etcd 3.6, 0.3 s',
      '✗ kube-apiserver 1.35.4, 1.9 s',
      '! old left behind, removed',
      '',
    ].join('\n'),
  );
});

test('on a terminal every subject is a row, and notes follow the list', async () => {
  const { context, read } = makeContext(true);
  const progress = openProgress({ context, quiet: false, color: true, subjects: SUBJECTS });
  progress.onStep({ subject: 'old', state: 'note', text: 'left behind, removed' });
  progress.onStep({ subject: 'etcd', state: 'working', text: '3.6' });
  progress.onStep({ subject: 'etcd', state: 'done', text: '3.6', durationMs: 250 });
  progress.onStep({ subject: 'kube-apiserver', state: 'failed', text: '1.35.4' });
  await progress.end();
  const last = read();
  expect(last).toContain('etcd 3.6, 0.3 s');
  expect(last).toContain('kube-apiserver 1.35.4');
  expect(last.trimEnd().split('\n').at(-1)).toContain('old left behind, removed');
});

test('a start that stops half-way ends the list all the same', async () => {
  const { context } = makeContext(true);
  const progress = openProgress({ context, quiet: false, color: true, subjects: SUBJECTS });
  progress.onStep({ subject: 'etcd', state: 'working', text: '3.6' });
  await progress.end();
});

test('--quiet prints nothing', async () => {
  const { context, read } = makeContext(true);
  const progress = openProgress({ context, quiet: true, color: true, subjects: SUBJECTS });
  progress.onStep({ subject: 'etcd', state: 'done', text: '3.6' });
  await progress.end();
  expect(read()).toBe('');
});
