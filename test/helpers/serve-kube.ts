import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { KubeClient } from '../../harness/kube/kube-client.js';

/** A client of a server that answers as an API server would, for states that a real one passes too quickly to be met. */
export async function serveKube(answer: RequestListener): Promise<KubeClient> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const client = new KubeClient({ server: `http://127.0.0.1:${port}`, prepare: () => undefined });
  onTestFinished(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}
