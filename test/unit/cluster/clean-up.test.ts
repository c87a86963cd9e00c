import { expect, test } from 'vitest';
import { CleanUp, describeCleanUp } from '../../../harness/cluster/clean-up.js';

test('everything is undone in reverse, to the end, whatever fails on the way', async () => {
  const undone: string[] = [];
  const cleanUp = new CleanUp();
  cleanUp.add('folder', () => void undone.push('folder'));
  cleanUp.add('etcd', () => {
    undone.push('etcd');
    throw new Error('it hangs');
  });
  cleanUp.add('kube-apiserver', async () => {
    undone.push('kube-apiserver');
    await Promise.reject(new Error('no such process'));
  });
  const failures = await cleanUp.run();
  expect(undone).toEqual(['kube-apiserver', 'etcd', 'folder']);
  const error = describeCleanUp('cluster shop', failures);
  expect(error?.message).toBe(
    'cluster shop: not everything could be removed\nkube-apiserver: no such process\netcd: it hangs',
  );
});

test('nothing is undone twice', async () => {
  let times = 0;
  const cleanUp = new CleanUp();
  cleanUp.add('folder', () => {
    times += 1;
  });
  expect(await cleanUp.run()).toEqual([]);
  expect(await cleanUp.run()).toEqual([]);
  expect(times).toBe(1);
});

test('where everything was removed there is no error', () => {
  expect(describeCleanUp('cluster shop', [])).toBeUndefined();
});
