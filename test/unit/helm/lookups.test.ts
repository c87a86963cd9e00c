import { describe, expect, test } from 'vitest';
import { renderChart } from '../../../harness/helm/render-chart.js';
import type { JsonObject } from '../../../harness/manifest/manifest.js';
import { coverageObstacle } from '../../helpers/coverage-obstacle.js';
import { makeSmallChart } from '../../helpers/small-chart.js';

const secret = (namespace: string, name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name },
  data: { password: 'a2VwdA==' },
});

async function lookUp(template: string, lookups?: readonly JsonObject[]): Promise<string> {
  const chart = await makeSmallChart({ 'templates/config.yaml': `text: ${template}\n` });
  const options = { chart, ...(lookups === undefined ? {} : { lookups }) };
  const { text } = await renderChart(options, { cache: false, engine: 'library' });
  return text.split('\n').find((line) => line.startsWith('text: ')) ?? '';
}

describe.skipIf(coverageObstacle !== undefined)(`lookup${coverageObstacle ?? ''}`, () => {
  const objects = [
    secret('shop', 'db'),
    secret('shop', 'api'),
    secret('other', 'db'),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  ];

  test.each([
    ['one object by its name', '{{ (lookup "v1" "Secret" "shop" "db").data.password }}', 'text: a2VwdA=='],
    ['one without a namespace', '{{ (lookup "v1" "Namespace" "" "shop").metadata.name }}', 'text: shop'],
    ['all of a namespace', '{{ len (lookup "v1" "Secret" "shop" "").items }}', 'text: 2'],
    ['all there are', '{{ len (lookup "v1" "Secret" "" "").items }}', 'text: 3'],
    ['a list by its kind', '{{ (lookup "v1" "Secret" "shop" "").kind }}', 'text: SecretList'],
    ['none of that name', '{{ lookup "v1" "Secret" "shop" "none" }}', 'text: map[]'],
    ['none of another version', '{{ lookup "v2" "Secret" "shop" "db" }}', 'text: map[]'],
    ['none in another namespace', '{{ lookup "v1" "Secret" "elsewhere" "api" }}', 'text: map[]'],
    [
      'within tpl too',
      '{{ tpl "{{ len (lookup \\"v1\\" \\"Secret\\" \\"\\" \\"\\").items }}" . }}',
      'text: 3',
    ],
  ])('finds %s', async (_, template, expected) => {
    expect(await lookUp(template, objects)).toBe(expected);
  });

  test('finds nothing where no objects are given, as in helm template', async () => {
    expect(await lookUp('{{ lookup "v1" "Secret" "" "" }}')).toBe('text: map[]');
  });

  test('a template that changes what it found changes it for itself alone', async () => {
    const template =
      '{{ $_ := set (lookup "v1" "Namespace" "" "shop") "kind" "X" }}{{ (lookup "v1" "Namespace" "" "shop").kind }}';
    expect(await lookUp(template, objects)).toBe('text: Namespace');
  });

  test('a failure after a lookup is told as Helm tells it', async () => {
    const chart = await makeSmallChart({
      'templates/config.yaml': '{{ if lookup "v1" "Secret" "shop" "db" }}{{ fail "it is there" }}{{ end }}\n',
    });
    const render = async (lookups: readonly JsonObject[]) =>
      await renderChart({ chart, lookups }, { cache: false }).then(
        ({ engine }) => engine,
        ({ message }: Error) => message,
      );
    expect(await render(objects)).toContain('it is there');
    expect(await render([])).toBe('library');
  });

  test('what was found belongs to what the cache knows a render by', async () => {
    const chart = await makeSmallChart({
      'templates/config.yaml': 'count: {{ len (lookup "v1" "Secret" "" "").items }}\n',
    });
    const render = async (lookups: readonly JsonObject[]) =>
      (await renderChart({ chart, lookups }, { engine: 'library' })).text;
    expect(await render(objects)).toContain('count: 3');
    expect(await render([])).toContain('count: 0');
    expect(await render(objects)).toContain('count: 3');
  });

  test('the binary engine refuses it: helm template asks no cluster', async () => {
    const chart = await makeSmallChart();
    await expect(renderChart({ chart, lookups: [] }, { engine: 'binary' })).rejects.toMatchObject({
      code: 'LOOKUPS_NEED_LIBRARY',
      exitCode: 2,
    });
  });
});
