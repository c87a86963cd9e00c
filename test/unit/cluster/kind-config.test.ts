import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatKindConfig, nameKindCluster, nameNode } from '../../../harness/cluster/kind-config.js';

const OPTIONS = { clusterName: 'sluice-shop', nodeImage: 'kindest/node:v1', apiServerAddress: '127.0.0.1' };

test('kind is told of one node of the image, and chooses the port itself where nothing else is said', () => {
  expect(parse(formatKindConfig(OPTIONS))).toEqual({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    name: 'sluice-shop',
    networking: { apiServerAddress: '127.0.0.1', ipFamily: 'ipv4' },
    nodes: [{ role: 'control-plane', image: 'kindest/node:v1' }],
  });
  expect(parse(formatKindConfig({ ...OPTIONS, apiServerPort: 6443 })).networking).toMatchObject({
    apiServerPort: 6443,
  });
});

test('whatever a cluster is called, kind knows it by a name that none of the user’s own has and a host can have', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/u), (name) => {
      const clusterName = nameKindCluster(name);
      expect(clusterName).toMatch(/^sluice/u);
      expect(clusterName).toContain(name);
      expect(nameNode(clusterName).length).toBeLessThanOrEqual(63);
    }),
  );
});
