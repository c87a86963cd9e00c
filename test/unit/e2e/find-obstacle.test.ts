import { describe, expect, test } from 'vitest';
import { findObstacle } from '../../../harness/e2e/find-obstacle.js';
import type { JsonObject, KubernetesObject } from '../../../harness/manifest/manifest.js';

const NOW = new Date('2026-01-01T00:01:00Z');

function podWith(status: JsonObject): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shop-1' },
    spec: { containers: [{ name: 'app', image: 'registry.example.com/shop:1' }] },
    status,
  };
}

function waiting(reason: string, message = ''): KubernetesObject {
  return podWith({
    containerStatuses: [
      { name: 'app', image: 'registry.example.com/shop:1', state: { waiting: { reason, message } } },
    ],
  });
}

function unscheduledSince(time: string): KubernetesObject {
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message: 'too little memory',
  };
  return podWith({ conditions: [{ ...condition, lastTransitionTime: time }] });
}

describe('what keeps a pod from running on a cluster', () => {
  test.for(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName'])(
    'is an image that cannot be had, as %s tells, and it is named with the words of the kubelet',
    (reason) => {
      expect(findObstacle(waiting(reason, 'no such host'), NOW)).toEqual({
        reason: `image registry.example.com/shop:1 cannot be had: ${reason}`,
        words: 'no such host',
      });
    },
  );

  test('is a container that ends each time it is started: what is made up is not what every application takes', () => {
    const status = {
      name: 'app',
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 3 } },
    };
    expect(findObstacle(podWith({ containerStatuses: [status] }), NOW)).toEqual({
      reason: 'container app ends with exit code 3 each time it is started',
      words: 'its secrets are made up here; kubectl logs --previous tells what it said',
    });
  });

  test.for(['ContainerCreating', 'PodInitializing', 'CreateContainerConfigError'])(
    'is not what the release has to answer for, or what passes: %s',
    (reason) => {
      expect(findObstacle(waiting(reason), NOW)).toBeUndefined();
    },
  );

  test('is an image of an init container too', () => {
    const pod = podWith({
      initContainerStatuses: [
        { name: 'wait', image: 'init:1', state: { waiting: { reason: 'ErrImagePull' } } },
      ],
    });
    expect(findObstacle(pod, NOW)?.reason).toBe('image init:1 cannot be had: ErrImagePull');
  });

  test('is that no node takes it, once that has lasted', () => {
    expect(findObstacle(unscheduledSince('2026-01-01T00:00:55Z'), NOW)).toBeUndefined();
    expect(findObstacle(unscheduledSince('2026-01-01T00:00:50Z'), NOW)).toEqual({
      reason: 'no node takes its pods',
      words: 'too little memory',
    });
  });
});
