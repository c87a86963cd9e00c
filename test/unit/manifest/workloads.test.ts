import { expect, test } from 'vitest';
import { readPointer } from '../../../harness/manifest/json-pointer.js';
import { parseManifests } from '../../../harness/manifest/parse-manifests.js';
import { listWorkloads } from '../../../harness/manifest/workloads.js';

const pod = '{metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: a}]}}';
const templated = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map(
  (kind) => `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: x}\nspec: {template: ${pod}}`,
);
const all = [
  ...templated,
  `apiVersion: v1\nkind: ReplicationController\nmetadata: {name: x}\nspec: {template: ${pod}}`,
  `apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {template: ${pod}}`,
  `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: x}\nspec: {jobTemplate: {spec: {template: ${pod}}}}`,
  `apiVersion: v1\nkind: PodTemplate\nmetadata: {name: x}\ntemplate: ${pod}`,
  'apiVersion: v1\nkind: Pod\nmetadata: {name: x, labels: {app: web}}\nspec: {containers: [{name: main, image: a}]}',
].join('\n---\n');

test('every kind that carries pods is a workload, and its pointers lead to the pod and its containers', () => {
  const workloads = listWorkloads(parseManifests(all));
  expect(workloads).toHaveLength(9);
  for (const { manifest, podSpec, podSpecPointer, podMetadata, containers } of workloads) {
    expect(readPointer(manifest.object, podSpecPointer)).toBe(podSpec);
    expect(podMetadata['labels']).toEqual({ app: 'web' });
    expect(readPointer(manifest.object, containers[0]!.pointer)).toBe(containers[0]!.container);
  }
});

test('init containers come first, those that keep running are sidecars, ephemeral ones come last', () => {
  const [workload] = listWorkloads(
    parseManifests(`
apiVersion: v1
kind: Pod
metadata: {name: x}
spec:
  containers: [{name: main}, {}]
  initContainers: [{name: setup}, {name: proxy, restartPolicy: Always}]
  ephemeralContainers: [{name: debug}]
`),
  );
  expect(workload!.containers.map(({ name, role, pointer }) => [name, role, pointer])).toEqual([
    ['setup', 'init', '/spec/initContainers/0'],
    ['proxy', 'sidecar', '/spec/initContainers/1'],
    ['main', 'container', '/spec/containers/0'],
    ['#1', 'container', '/spec/containers/1'],
    ['debug', 'ephemeral', '/spec/ephemeralContainers/0'],
  ]);
});

test('objects inside a List are found; a kind of the same name from another group and a Deployment without a pod are not', () => {
  const manifests = parseManifests(`
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Pod, metadata: {name: inner}, spec: {containers: []}}
---
apiVersion: example.com/v1
kind: Deployment
metadata: {name: other}
spec: {template: {spec: {containers: [{name: a}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: empty}
spec: {}
`);
  expect(listWorkloads(manifests).map(({ manifest }) => manifest.object.metadata.name)).toEqual(['inner']);
});
