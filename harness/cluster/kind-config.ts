import type { JsonObject } from '../manifest/manifest.js';

export interface KindConfigOptions {
  clusterName: string;
  nodeImage: string;
  /** Of the engine. */
  apiServerAddress: string;
  /** Default: one that is free, chosen by kind. */
  apiServerPort?: number | undefined;
}

/** Configuration of a kind cluster of one node, as JSON, which is YAML too. */
export function formatKindConfig(options: KindConfigOptions): string {
  const { clusterName, nodeImage, apiServerAddress, apiServerPort } = options;
  const config: JsonObject = {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    name: clusterName,
    networking: {
      apiServerAddress,
      ...(apiServerPort === undefined ? {} : { apiServerPort }),
      // Whatever the host's resolver says of IPv6, pods have IPv4 alone.
      ipFamily: 'ipv4',
    },
    nodes: [{ role: 'control-plane', image: nodeImage }],
  };
  return JSON.stringify(config, null, 2);
}

/** Name of the container that kind makes of the first node. */
export function nameNode(clusterName: string): string {
  return `${clusterName}-control-plane`;
}

/** Name that kind shall know a cluster by: told from those of the user's own. */
export function nameKindCluster(name: string): string {
  return /^sluice(?:-|$)/u.test(name) ? name : `sluice-${name}`;
}
