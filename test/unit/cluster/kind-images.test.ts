import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KindRecord } from '../../../harness/cluster/cluster-state.js';
import { loadEngineImage } from '../../../harness/cluster/kind-images.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const reference = 'registry.example.com/shop:1.0.0';
const { signal } = new AbortController();

// An engine that keeps images in containerd is on few of the machines that run the tests.
async function makeEngine(importing: string) {
  const folder = await makeTempFolder();
  const log = join(folder, 'log');
  const docker = await writeFakeProgram(
    join(folder, 'docker'),
    `echo "$*" >> ${log}
     case "$1" in
       image) echo linux/arm64;;
       save) printf 'an archive' > "\${2#--output=}";;
       exec) ${importing};;
     esac`,
  );
  const record: KindRecord = {
    ...{ clusterName: 'shop', node: 'shop-control-plane', network: 'kind', nodeImage: 'kindest/node:v1' },
    ...{ program: 'kind', docker, engineEnv: {} },
  };
  const readLog = async (): Promise<string> => await readFile(log, 'utf8');
  return { folder, record, readLog, readGiven: async () => await readFile(join(folder, 'given'), 'utf8') };
}

test('the node is given what the engine has of an image, which is of one platform', async () => {
  const place = await makeTempFolder();
  const { record, readLog, readGiven } = await makeEngine('cat > "$(dirname "$0")/given"');
  await loadEngineImage(record, { reference, folder: place, signal });
  expect(await readGiven()).toBe('an archive');
  expect(await readLog()).toMatch(
    /exec .*shop-control-plane ctr .*images import .*--platform=linux\/arm64 -\n$/u,
  );
  expect(await readdir(place)).toEqual([]);
});

test('a node that refuses an image is told with its words, and nothing is left of the way there', async () => {
  const place = await makeTempFolder();
  const { record } = await makeEngine('echo "ctr: no space left on device" >&2; exit 1');
  await expect(loadEngineImage(record, { reference, folder: place, signal })).rejects.toMatchObject({
    code: 'KIND_LOAD_FAILED',
    message: expect.stringContaining('no space left on device'),
  });
  expect(await readdir(place)).toEqual([]);
});
