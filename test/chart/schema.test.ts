import { join } from 'node:path';
import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { runCli } from '../helpers/run-cli.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { CHART, render, renderWithHelm4 } from './support/render.js';

describe('the schema', () => {
  it.each<[JsonObject, RegExp]>([
    [{ replicaCuont: 3 }, /^\(top level\): .*'replicaCuont'/u],
    [{ image: { repositroy: 'r' } }, /^\/image: .*'repositroy'/u],
    [{ externalSecrets: { db: { pth: '/a' } } }, /^\/externalSecrets\/db: .*'pth'/u],
    [
      { externalSecrets: { db: { data: { A: { path: '/a', proprety: 'x' } } } } },
      /^\/externalSecrets\/db\/data\/A: .*'proprety'/u,
    ],
    [
      { externalSecrets: { db: { path: '/a', target: { nmae: 'x' } } } },
      /^\/externalSecrets\/db\/target: .*'nmae'/u,
    ],
    [
      { secretStores: { s: { aws: { region: 'r', auth: { jtw: {} } } } } },
      /^\/secretStores\/s\/aws\/auth: .*'jtw'/u,
    ],
    [{ env: { A: { secert: { name: 's', key: 'k' } } } }, /^\/env\/A: .*'secert'/u],
    [{ env: { A: { secret: { name: 's' } } } }, /^\/env\/A\/secret: .*'key'/u],
    [{ workers: { w: { comand: ['x'] } } }, /^\/workers\/w: .*'comand'/u],
    [{ cronJobs: { c: { schedule: '* * * * *', tz: 'x' } } }, /^\/cronJobs\/c: .*'tz'/u],
    [{ service: { ports: { http: { prot: 80 } } } }, /^\/service\/ports\/http: .*'prot'/u],
    [{ rollout: { onChange: true } }, /^\/rollout: .*'onChange'/u],
    [{ postgres: { keys: { pass: 'x' } } }, /^\/postgres\/keys: .*'pass'/u],
  ])('refuses a key it does not know: %j', async (values, text) => {
    await expect(renderWithHelm4(values)).toFailRendering(text);
  });

  it.each<[JsonObject, string]>([
    [{ replicaCount: '3' }, '/replicaCount: got string, want integer'],
    [{ replicaCount: -1 }, '/replicaCount: minimum: got -1, want 0'],
    [{ externalSecrets: [] }, '/externalSecrets: got array, want object'],
    [{ externalSecrets: { db: '/a' } }, '/externalSecrets/db: got string, want object'],
    [{ externalSecrets: { db: { path: '' } } }, '/externalSecrets/db/path: minLength: got 0, want 1'],
    [
      { externalSecrets: { db: { path: '/a', optional: 'yes' } } },
      '/externalSecrets/db/optional: got string, want boolean',
    ],
    [
      { externalSecrets: { db: { path: '/a', target: { creationPolicy: 'Ower' } } } },
      "/externalSecrets/db/target/creationPolicy: value must be one of 'Owner', 'Orphan', 'Merge', 'None'",
    ],
    [
      { externalSecrets: { db: { path: '/a', mountAs: 'file' } } },
      "/externalSecrets/db/mountAs: value must be one of 'env', 'files'",
    ],
    [
      { externalSecrets: { db: { path: '/a', labels: { a: ['b'] } } } },
      '/externalSecrets/db/labels/a: got array, want boolean or number or string',
    ],
    [{ workers: { w: { replicaCount: 1.5 } } }, '/workers/w/replicaCount: got number, want integer'],
    [
      { service: { type: 'ExternalName' } },
      "/service/type: value must be one of 'ClusterIP', 'NodePort', 'LoadBalancer'",
    ],
    [
      { ports: { http: { containerPort: 70000 } } },
      '/ports/http/containerPort: maximum: got 70,000, want 65,535',
    ],
    [{ environments: ['a', 'a'] }, '/environments: items at 0 and 1 are equal'],
  ])('refuses a wrong value, and says so without noise: %j', async (values, text) => {
    await expect(renderWithHelm4(values)).toFailRendering(text);
  });

  it('lets through what it does not speak of: globals, and types of Kubernetes', async () => {
    const release = await render({ global: { region: 'x' }, resources: { claims: [{ name: 'gpu' }] } });
    expect(release.manifests).not.toEqual([]);
  });

  it('is explained by sluice with the nearest name, the file and the line', async () => {
    const folder = await makeTempFolder({ 'values.yaml': 'image: {repository: r}\n\nreplicaCuont: 3\n' });
    const { code, stdout, stderr } = await runCli([
      'check',
      '--chart',
      CHART,
      '-f',
      join(folder, 'values.yaml'),
    ]);
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toMatch(/replicaCuont[\s\S]*replicaCount/u);
    expect(`${stdout}${stderr}`).toMatch(/values\.yaml:3\b/u);
  });
});
