import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareEngineFolder } from '../../../harness/docker/engine-folder.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const SETTINGS = { id: '0a1b2c3d', engineAddress: '10.146.7.2' };

test('everything an engine writes goes to its folder, and it asks nobody but itself for names', async () => {
  const folder = join(await makeTempFolder(), 'engine');
  const file = await prepareEngineFolder(folder, SETTINGS);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    'data-root': `${folder}/data`,
    hosts: [`unix://${folder}/docker.sock`],
    'cgroup-parent': '/sluice-0a1b2c3d',
    dns: ['10.146.7.2'],
  });
  expect(file.startsWith(folder)).toBe(true);
});

test('another runtime is used only where one is given', async () => {
  const folder = await makeTempFolder();
  const plain = await readFile(await prepareEngineFolder(folder, SETTINGS), 'utf8');
  expect(plain).not.toContain('runtime');
  const file = await prepareEngineFolder(folder, { ...SETTINGS, runtime: '/cache/sluice-runc' });
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    runtimes: { sluice: { path: '/cache/sluice-runc' } },
    'default-runtime': 'sluice',
  });
});

test.each([
  { why: 'a path too long for a socket', folder: `/tmp/${'long-name-'.repeat(10)}`, evidence: '107 bytes' },
  {
    why: 'a folder that is hidden from the engine',
    folder: '/run/user/0/engine',
    evidence: '/run of its own',
  },
])('an engine is refused $why, with what to set', async ({ folder, evidence }) => {
  await expect(prepareEngineFolder(folder, SETTINGS)).rejects.toMatchObject({
    code: 'DOCKER_FOLDER',
    exitCode: 3,
    evidence: expect.stringContaining(evidence),
    remedy: expect.stringContaining('TMPDIR'),
  });
});
