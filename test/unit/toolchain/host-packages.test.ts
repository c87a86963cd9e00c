import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { addSystemFolders, requireHostPackages } from '../../../harness/toolchain/host-packages.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

/** A machine whose programs are those of one folder, and whose apt puts there what it is told to install. */
async function makeMachine(apt = 'install') {
  const folder = await makeTempFolder();
  const log = join(folder, 'apt.log');
  await writeFakeProgram(
    join(folder, 'apt-get'),
    `echo "$@" >> "${log}"
PATH=$(printf '%s\\n' "$@" | /bin/sed -n 's/^DPkg::Path=//p')
case " $* " in
*" update "*) exit 0 ;;
esac
[ ${apt} = install ] || { echo 'E: Unable to locate package docker.io' >&2; exit 100; }
# What a package's own script does to start its service.
invoke-rc.d docker start && deb-systemd-invoke start docker.service || echo "started a service" >> "${log}"
for name in dockerd docker debootstrap; do
  printf '#!/bin/sh\\n' > "${folder}/$name" && /bin/chmod 755 "${folder}/$name"
done`,
  );
  await writeFakeProgram(join(folder, 'apt-cache'), `echo '  Candidate: (none)'`);
  const options = { env: { PATH: folder } as NodeJS.ProcessEnv, systemFolders: [] };
  return { folder, options, readApt: async () => await readFile(log, 'utf8').catch(() => '') };
}

test('programs that are there are found, and nothing is installed', async () => {
  const { folder, options, readApt } = await makeMachine();
  await writeFakeProgram(join(folder, 'zstd'), '');
  const { paths } = await requireHostPackages(['zstd'], { ...options, install: true });
  expect(paths).toEqual({ zstd: join(folder, 'zstd') });
  expect(await readApt()).toBe('');
});

test('what is missing is told with the line that installs it, and not installed', async () => {
  const { options, readApt } = await makeMachine();
  await expect(requireHostPackages(['dockerd', 'docker', 'debootstrap'], options)).rejects.toMatchObject({
    code: 'HOST_PACKAGES_MISSING',
    exitCode: 3,
    shortMessage: 'programs missing on this machine: dockerd, docker, debootstrap',
    remedy: expect.stringMatching(
      /--install-host-packages: (?:sudo )?apt-get install --no-install-recommends debootstrap docker\.io$/u,
    ),
  });
  expect(await readApt()).toBe('');
});

test('where there is no apt, the packages are named all the same', async () => {
  const env = { PATH: await makeTempFolder(), CI: 'true' };
  await expect(requireHostPackages(['runc'], { env, systemFolders: [] })).rejects.toMatchObject({
    code: 'HOST_PACKAGES_MISSING',
    remedy: 'Install them; on Debian their packages are runc.',
  });
});

// Only root installs packages.
test.runIf(process.getuid?.() === 0)(
  'what is missing is installed where that is wanted, and no service is started',
  async () => {
    const { folder, options, readApt } = await makeMachine();
    const { paths } = await requireHostPackages(['dockerd', 'docker'], { ...options, install: true });
    expect(paths.dockerd).toBe(join(folder, 'dockerd'));
    const calls = (await readApt()).trim().split('\n');
    expect(calls).toHaveLength(2);
    expect(calls[1]).toMatch(/ install --no-install-recommends docker\.io$/u);
  },
);

test.runIf(process.getuid?.() === 0)(
  'what is missing is installed in CI, and not where somebody says no',
  async () => {
    const { options } = await makeMachine();
    const env = { ...options.env, CI: 'true' };
    await expect(requireHostPackages(['docker'], { ...options, env, install: false })).rejects.toMatchObject({
      code: 'HOST_PACKAGES_MISSING',
    });
    await expect(requireHostPackages(['docker'], { ...options, env })).resolves.toBeDefined();
  },
);

test.runIf(process.getuid?.() === 0)(
  'a package that cannot be installed is told with apt’s words',
  async () => {
    const { options } = await makeMachine('fail');
    await expect(requireHostPackages(['docker'], { ...options, install: true })).rejects.toMatchObject({
      code: 'HOST_PACKAGES_FAILED',
      exitCode: 3,
      evidence: 'E: Unable to locate package docker.io',
      remedy: expect.stringContaining('install --no-install-recommends docker.io'),
    });
  },
);

test('programs of the system are found though a user’s PATH leaves them out, after the user’s own', () => {
  const { PATH = '' } = addSystemFolders({ PATH: ['/opt/bin', '/usr/bin'].join(delimiter) });
  expect(PATH.split(delimiter)).toEqual([
    '/opt/bin',
    '/usr/bin',
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/bin',
  ]);
});
