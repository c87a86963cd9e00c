import '../../harness/vitest.js';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { containerOf, listNames, pick, render } from './support/render.js';

/** Runs the pod's command here, with the shell that every image must have, and no other program. */
async function runTest(values: JsonObject, env: Readonly<Record<string, string>>) {
  const { command, args } = containerOf(await render(values), 'Pod/demo-test') as {
    command: string[];
    args?: string[];
  };
  const [shell = '', ...rest] = command;
  return await execa(shell, [...rest, ...(args ?? [])], {
    env: { PATH: '/nowhere', ...env },
    extendEnv: false,
    reject: false,
  });
}

const VALUES: JsonObject = {
  config: { A: 'x', 'dotted.name': 'y', EMPTY: '' },
  externalSecrets: {
    keys: { data: { TOKEN: '/t' } },
    maybe: { optional: true, data: { MAYBE: '/m' } },
    prefixed: { prefix: 'P_', data: { X: '/x' } },
  },
  env: {
    OWN: '1',
    OPTIONAL: { secret: { name: 's', key: 'k', optional: true } },
    FROM_MAYBE: { externalSecret: { name: 'maybe', key: 'MAYBE' } },
  },
};
const PRESENT = { A: 'secret-value', EMPTY: '', TOKEN: 'secret-value', P_X: 'secret-value', OWN: '1' };

describe('the pod of helm test', () => {
  it('is a hook of the test alone, with the environment of the application', async () => {
    const release = await render(VALUES);
    expect(pick(release, 'Pod/demo-test', 'metadata', 'annotations')).toEqual({
      'helm.sh/hook': 'test',
      'helm.sh/hook-delete-policy': 'before-hook-creation',
    });
    expect(containerOf(release, 'Pod/demo-test')).toMatchObject({
      envFrom: containerOf(release)['envFrom'],
      image: containerOf(release)['image'],
    });
    expect(pick(release, 'Pod/demo-test', 'spec', 'restartPolicy')).toBe('Never');
  });

  it('is content where every variable that is known is there, and prints names alone', async () => {
    const { exitCode, stdout, stderr } = await runTest(VALUES, PRESENT);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n').sort()).toEqual([
      'all of 6 are present',
      'present A',
      'present EMPTY',
      'present OWN',
      'present P_X',
      'present TOKEN',
      'skipped dotted.name, which a shell cannot read',
    ]);
  });

  it('fails with the names of what is missing', async () => {
    const { exitCode, stdout } = await runTest(VALUES, { A: 'secret-value', EMPTY: '', OWN: '1' });
    expect(exitCode).toBe(1);
    expect(stdout.split('\n').at(-1)).toBe('missing P_X TOKEN');
    expect(stdout).not.toContain('secret-value');
  });

  it('looks for files that are mounted', async () => {
    const folder = await makeTempFolder({ there: 'x' });
    const values = (keys: JsonObject): JsonObject => ({
      externalSecrets: { f: { mountAs: 'files', mountPath: folder, fileVariables: false, data: keys } },
    });
    expect((await runTest(values({ there: '/a' }), {})).exitCode).toBe(0);
    const missing = await runTest(values({ there: '/a', gone: '/b' }), {});
    expect(missing).toMatchObject({ exitCode: 1, stdout: `present ${folder}/there\nmissing ${folder}/gone` });
  });

  it('may have another image, or not be there', async () => {
    const release = await render({ tests: { image: { repository: 'busybox', tag: '1.36' } } });
    expect(containerOf(release, 'Pod/demo-test')['image']).toBe('busybox:1.36');
    expect(listNames(await render({ tests: { enabled: false } }))).not.toContain('Pod/demo-test');
  });
});
