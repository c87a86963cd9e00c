// Rotates as the command line does, and kills itself in the middle: `node --import tsx rotate-and-die.ts JSON`.
import { openCluster } from '../../harness/cluster/opened-cluster.js';
import { KubeClient } from '../../harness/kube/kube-client.js';
import { DotenvStore } from '../../harness/secrets/dotenv-store.js';
import { readLiveManifests } from '../../harness/secrets/rotate/locate-secrets.js';
import { rotate } from '../../harness/secrets/rotate/rotate.js';
import { openStore } from '../../harness/store/open-store.js';

/** What is told to the script. */
export interface DyingRotation {
  names: string[];
  folder: string;
  /** A dotenv file, or else a cluster with a namespace. */
  file?: string;
  cluster?: string;
  namespace?: string;
  keepPrevious?: boolean;
  retire?: boolean;
  /** Where it ends by SIGKILL: the how-manieth time that a step begins or ends. */
  dieAt: { step: string; state: 'begin' | 'end' };
}

const { names, folder, file, cluster, namespace, keepPrevious, retire, dieAt } = JSON.parse(
  process.argv[2] ?? '',
) as DyingRotation;

const place = await openPlace();
await rotate({
  ...{ ...place, names, folder, keepPrevious, retire, generate: { type: 'hex' } },
  confirm: async () => true,
  onStep: (step, state) => {
    if (step === dieAt.step && state === dieAt.state) process.kill(process.pid, 'SIGKILL');
  },
});

async function openPlace() {
  if (file !== undefined) {
    return {
      manifests: [],
      path: { service: 'Dotenv' as const, name: file },
      openPlace: () => new DotenvStore(file),
      scope: `file ${file}`,
    };
  }
  const opened = await openCluster(cluster ?? '');
  const client = new KubeClient(opened.connection);
  const where = { namespace: namespace ?? '' };
  return {
    manifests: await readLiveManifests(client, where),
    openPlace: async () => await openStore(opened.parameterStore),
    scope: `${client.server} ${where.namespace} ${opened.parameterStore.endpointUrl}`,
    cluster: { client, ...where },
  };
}
