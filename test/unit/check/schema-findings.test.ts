import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { checkValues } from '../../../harness/check/check-values.js';
import { findCacheFolder } from '../../../harness/toolchain/cache-folder.js';
import { findHelm } from '../../../harness/toolchain/find-helm.js';
import {
  canRunRegistryHelm,
  DEFAULT_REGISTRY_HELM,
  installRegistryHelm,
  OLDEST_REGISTRY_HELM,
} from '../../../harness/toolchain/registry-helm.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const values = `image: {repository: registry.example.com/web, tga: "1"}
replicaCuont: 3
replicaCount: [1]
config: {"1A": x}
refreshInterval: canary-5m
externalSecrets:
  keys: {data: {A: {path: /x, propery: y}}}
  other: {refreshIntervall: 5m}
  third: {data: {X: [5]}}
env: {A: {secrt: {name: a, key: b}}}
`;

const expected = [
  'prod.yaml:1 image.tga: no such value',
  'prod.yaml:2 replicaCuont: no such value',
  'prod.yaml:3 replicaCount: got array, want integer',
  'prod.yaml:4 config.1A: not a name that is allowed here',
  'prod.yaml:5 refreshInterval: does not match pattern',
  'prod.yaml:7 externalSecrets.keys.data.A.propery: no such value',
  'prod.yaml:8 externalSecrets.other.refreshIntervall: no such value',
  'prod.yaml:9 externalSecrets.third.data.X: got array, want',
  'prod.yaml:10 env.A.secrt: no such value',
];

test.runIf(canRunRegistryHelm()).each([OLDEST_REGISTRY_HELM, DEFAULT_REGISTRY_HELM])(
  'helm $version and its successor are told alike: every violation once, at its line, without its value',
  async (registryHelm) => {
    const path = await installRegistryHelm({ cacheFolder: findCacheFolder(), helm: registryHelm });
    const helm = await findHelm({ env: { ...process.env, SLUICE_HELM: path } });
    const cwd = await makeTempFolder({ 'prod.yaml': values });
    const render = { chart: resolve('chart'), valuesFiles: ['prod.yaml'] };
    const { issues } = await checkValues({ render }, { cwd, helm });
    const told = issues
      .filter(({ rule }) => rule === 'values-schema')
      .sort((one, other) => (one.values?.line ?? 0) - (other.values?.line ?? 0))
      .map((issue) => `${issue.values?.file}:${issue.values?.line} ${issue.message}`);
    expect(told).toHaveLength(expected.length);
    for (const [at, text] of expected.entries()) expect(told[at]).toContain(text);
    expect(JSON.stringify(issues)).not.toContain('canary');
  },
);
