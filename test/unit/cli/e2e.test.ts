import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findImages } from '../../../harness/cli/load-images.js';
import { runCli } from '../../helpers/run-cli.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const signal = new AbortController().signal;

describe('sluice e2e', () => {
  test('--help tells how pods get their images, and how they are left out', async () => {
    const { stdout, code } = await runCli(['e2e', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/--load-image <image>/u);
    expect(stdout).toMatch(/--no-pods/u);
  });

  test.for(['embedded', 'existing'])('--load-image is refused with --provider %s', async (provider) => {
    const args = ['e2e', '-f', 'values/dev.yaml', '--provider', provider, '--load-image', 'my-app:1'];
    const { stderr, code } = await runCli(args, { cwd: REPOSITORY });
    expect(code).toBe(2);
    expect(stderr).toContain(`--provider ${provider} does not take --load-image`);
    expect(stderr).toContain('Only --provider kind does.');
  });

  test('--load-image of an archive that is not there is refused before a cluster is started', async () => {
    const args = ['e2e', '-f', 'values/dev.yaml', '--provider', 'kind', '--load-image', 'no-such.tar'];
    const { stdout, stderr, code } = await runCli(args, { cwd: REPOSITORY });
    expect(code).toBe(2);
    expect(stderr).toContain('--load-image no-such.tar: there is no such file');
    expect(stdout).not.toContain('✓ cluster');
  });
});

describe('the images that a cluster is to be given', () => {
  test('an archive is one by its path, from the folder of the user', async () => {
    const folder = await makeTempFolder();
    await writeFile(join(folder, 'image.tar'), '');
    const found = await findImages(['image.tar'], { env: {}, cwd: folder, signal });
    expect(found).toEqual([{ name: 'image.tar', archive: join(folder, 'image.tar') }]);
  });

  test('a folder of the name of an archive is none', async () => {
    const folder = await makeTempFolder();
    await mkdir(join(folder, 'image.tar'));
    await expect(findImages(['image.tar'], { env: {}, cwd: folder, signal })).rejects.toMatchObject({
      code: 'IMAGE_ARCHIVE_MISSING',
    });
  });

  test('an image by its name needs a Docker engine, and the error says what needs none', async () => {
    const folder = await makeTempFolder();
    const refusal = findImages(['my-app:1'], { env: { PATH: folder }, cwd: folder, signal });
    await expect(refusal).rejects.toMatchObject({
      code: 'DOCKER_MISSING',
      exitCode: 3,
      remedy: expect.stringContaining('--load-image image.tar'),
    });
  });
});
