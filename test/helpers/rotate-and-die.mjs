// Rotates as the command line does, and kills itself in the middle: `node rotate-and-die.mjs JSON`, see die-rotating.ts.
import { openCluster } from '../../dist/cluster/opened-cluster.js';
import { KubeClient } from '../../dist/kube/kube-client.js';
import { DotenvStore } from '../../dist/secrets/dotenv-store.js';
import { readLiveManifests } from '../../dist/secrets/rotate/locate-secrets.js';
import { rotate } from '../../dist/secrets/rotate/rotate.js';
import { openStore } from '../../dist/store/open-store.js';

const { names, folder, file, cluster, namespace = '', dieAt } = JSON.parse(process.argv[2] ?? '');

await rotate({
  ...{ ...(await openPlace()), names, folder, generate: { type: 'hex' } },
  confirm: async () => true,
  onStep: (step, state) => {
    if (step === dieAt.step && state === dieAt.state) process.kill(process.pid, 'SIGKILL');
  },
});

async function openPlace() {
  if (file !== undefined) {
    return {
      manifests: [],
      path: { service: 'Dotenv', name: file },
      openPlace: () => new DotenvStore(file),
      scope: `file ${file}`,
    };
  }
  const opened = await openCluster(cluster);
  const client = new KubeClient(opened.connection);
  const where = { namespace };
  return {
    manifests: await readLiveManifests(client, where),
    openPlace: async () => await openStore(opened.parameterStore),
    scope: `${client.server} ${namespace} ${opened.parameterStore.endpointUrl}`,
    cluster: { client, ...where },
  };
}
