import { chmod, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  computeRenderKey,
  pruneRenderCache,
  type RenderInputs,
  readCachedRender,
  writeCachedRender,
} from '../../../harness/helm/render-cache.js';
import { renderChart } from '../../../harness/helm/render-chart.js';
import { scanChart } from '../../../harness/helm/scan-chart.js';
import { findHelm } from '../../../harness/toolchain/find-helm.js';
import { makeSmallChart, smallChartFiles } from '../../helpers/small-chart.js';
import { makeTempFolder, writeFiles } from '../../helpers/temp-folder.js';

const helm = await findHelm();

test('the second render of the same bytes comes from the cache and is the same', async () => {
  const chart = await makeSmallChart();
  const cacheFolder = await makeTempFolder();
  const first = await renderChart({ chart }, { cacheFolder, helm });
  const second = await renderChart({ chart }, { cacheFolder, helm });
  expect([first.fromCache, second.fromCache]).toEqual([false, true]);
  expect(second.text).toBe(first.text);
  expect(second.manifests).toEqual(first.manifests);
});

test('the same chart in another folder comes from the cache', async () => {
  const cacheFolder = await makeTempFolder();
  await renderChart({ chart: await makeSmallChart() }, { cacheFolder, helm });
  expect((await renderChart({ chart: await makeSmallChart() }, { cacheFolder, helm })).fromCache).toBe(true);
});

test('a chart that was just changed is rendered anew, even within one clock tick and at the same size', async () => {
  const chart = await makeSmallChart();
  const cacheFolder = await makeTempFolder();
  for (const color of ['green', 'black', 'white', 'brown']) {
    await writeFile(join(chart, 'values.yaml'), `data:\n  COLOR: ${color}\n`);
    const release = await renderChart({ chart }, { cacheFolder, helm });
    expect(release.manifests[0]?.object['data']).toEqual({ COLOR: color });
  }
});

test('a template file that is added is a miss', async () => {
  const chart = await makeSmallChart();
  const cacheFolder = await makeTempFolder();
  await renderChart({ chart }, { cacheFolder, helm });
  await writeFiles(chart, { 'templates/more.yaml': smallChartFiles['templates/config.yaml'] ?? '' });
  expect((await renderChart({ chart }, { cacheFolder, helm })).manifests).toHaveLength(2);
});

test('nothing is kept with cache: false', async () => {
  const cacheFolder = await makeTempFolder();
  await renderChart({ chart: await makeSmallChart() }, { cacheFolder, helm, cache: false });
  expect(await readdir(cacheFolder)).not.toContain('renders');
});

test('a chart that draws random values is rendered anew each time', async () => {
  const cacheFolder = await makeTempFolder();
  const chart = await makeSmallChart({
    'templates/random.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: r}\nstringData: {a: {{ randAlphaNum 30 }}}\n',
  });
  const texts = [
    await renderChart({ chart }, { cacheFolder, helm }),
    await renderChart({ chart }, { cacheFolder, helm }),
  ];
  expect(texts[0]?.text).not.toBe(texts[1]?.text);
});

test('a random function that is only spoken of, in a comment or a string, does not keep a chart out', async () => {
  const chart = await makeSmallChart({
    'templates/note.yaml': '{{/* not randAlphaNum */}}{{ $x := "use now" }}# now\n',
  });
  expect((await scanChart(chart)).randomFunction).toBeUndefined();
});

test('an entry that is torn or changed is rebuilt, not believed', async () => {
  const chart = await makeSmallChart();
  const cacheFolder = await makeTempFolder();
  const first = await renderChart({ chart }, { cacheFolder, helm });
  const [entry = ''] = await listEntries(cacheFolder);
  const whole = await readFile(entry, 'utf8');
  for (const broken of ['', whole.slice(0, -5), whole.replace('green', 'black'), whole.slice(0, 20)]) {
    await writeFile(entry, broken);
    const again = await renderChart({ chart }, { cacheFolder, helm });
    expect([again.fromCache, again.text]).toEqual([false, first.text]);
    expect(await readFile(entry, 'utf8')).toBe(whole);
  }
});

test('two renders of the same at once share a cache without disturbing each other', async () => {
  const chart = await makeSmallChart();
  const cacheFolder = await makeTempFolder();
  const releases = await Promise.all(
    Array.from({ length: 6 }, async () => await renderChart({ chart }, { cacheFolder, helm })),
  );
  expect(new Set(releases.map((release) => release.text)).size).toBe(1);
  expect((await listEntries(cacheFolder)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a cache that cannot be written to does not fail the render', async () => {
  const cacheFolder = await makeTempFolder({ renders: 'a file where the folder should be' });
  const release = await renderChart({ chart: await makeSmallChart() }, { cacheFolder, helm });
  expect(release.manifests).toHaveLength(1);
});

test('entries older than two weeks are removed, younger ones stay', async () => {
  const cacheFolder = await makeTempFolder();
  await writeCachedRender(cacheFolder, 'aa11', 'old');
  await writeCachedRender(cacheFolder, 'bb22', 'young');
  const [old = ''] = await listEntries(cacheFolder);
  const now = Date.now();
  await utimes(old, now / 1000 - 15 * 86400, now / 1000 - 15 * 86400);
  await pruneRenderCache(cacheFolder, now);
  expect(await readCachedRender(cacheFolder, 'aa11')).toBeUndefined();
  expect(await readCachedRender(cacheFolder, 'bb22')).toBe('young');
});

test('any text comes back from the cache as it was', async () => {
  const cacheFolder = await makeTempFolder();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      await writeCachedRender(cacheFolder, 'cc33', text);
      expect(await readCachedRender(cacheFolder, 'cc33')).toBe(text);
    }),
    { numRuns: 50 },
  );
});

const inputs = fc.record<RenderInputs>({
  helmDigest: fc.constantFrom('h1', 'h2'),
  helmVersion: fc.constantFrom('3.17.2', '4.1.4'),
  chartDigest: fc.constantFrom('c1', 'c2'),
  valuesTexts: fc.array(fc.string({ maxLength: 6 }), { maxLength: 3 }),
  setFileTexts: fc.array(fc.string({ maxLength: 4 }), { maxLength: 2 }),
  options: fc.record({
    chart: fc.constant('./chart'),
    release: fc.constantFrom('a', 'b'),
    namespace: fc.constantFrom('a', 'b'),
    set: fc.array(fc.constantFrom('a=1', 'a=2', 'b=1'), { maxLength: 2 }),
    setString: fc.array(fc.constantFrom('a=1', 'a=2'), { maxLength: 2 }),
    apiVersions: fc.array(fc.constantFrom('a/v1', 'b/v1'), { maxLength: 2 }),
    values: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(1, '1', null)),
    includeCrds: fc.boolean(),
    skipTests: fc.boolean(),
  }),
});

test('keys are equal exactly where all inputs are equal', () => {
  fc.assert(
    fc.property(inputs, inputs, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(computeRenderKey(one) === computeRenderKey(other)).toBe(same);
    }),
    { numRuns: 2000 },
  );
});

test('a changed byte anywhere in values or chart changes the key', async () => {
  const chart = await makeSmallChart();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(smallChartFiles)),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (file, place, change) => {
        const path = join(chart, file);
        const before = await scanChart(chart);
        const data = await readFile(path);
        const changed = Buffer.from(data);
        const index = place % data.length;
        changed.writeUInt8(data.readUInt8(index) ^ change, index);
        await writeFile(path, changed);
        const after = await scanChart(chart);
        await writeFile(path, data);
        expect(after.digest).not.toBe(before.digest);
        expect((await scanChart(chart)).digest).toBe(before.digest);
      },
    ),
    { numRuns: 60 },
  );
});

test('a helm of another build is another key, though its version is the same', () => {
  const base: RenderInputs = {
    helmDigest: 'one',
    helmVersion: '4.1.4',
    chartDigest: 'c',
    valuesTexts: [],
    setFileTexts: [],
    options: { chart: '.' },
  };
  expect(computeRenderKey({ ...base, helmDigest: 'other' })).not.toBe(computeRenderKey(base));
});

test('a chart file that cannot be read is told by name', async ({ skip }) => {
  if (process.getuid?.() === 0) skip('the superuser can read every file');
  const chart = await makeSmallChart();
  await chmod(join(chart, 'values.yaml'), 0o000);
  await expect(scanChart(chart)).rejects.toMatchObject({ code: 'CHART_UNREADABLE' });
});

async function listEntries(cacheFolder: string): Promise<string[]> {
  const folder = join(cacheFolder, 'renders');
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
