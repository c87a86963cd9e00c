import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderChart } from '../../../harness/index.js';
import '../../../harness/vitest.js';
import { failureText } from '../../helpers/failure-text.js';
import { useWebChart } from '../../helpers/web-chart.js';

const web = useWebChart();

const render = (values: Record<string, unknown>) =>
  renderChart({ chart: web.chart, valuesFiles: [join(web.chart, 'prod.yaml')], values: values as never });

test('holds whatever the order, and for what may differ', async () => {
  expect(web.release).toRenderSameAs([...web.release.manifests].reverse());
  const scaled = await render({ replicas: 4 });
  expect(web.release).not.toRenderSameAs(scaled);
  expect(web.release).toRenderSameAs(scaled, { ignore: ['/spec/replicas'] });
  expect(web.release).not.toRenderSameAs(web.release.manifests.slice(1));
});

test('fails with the difference of each object', async () => {
  const scaled = await render({ replicas: 4 });
  const text = await failureText(() => expect(scaled).toRenderSameAs(web.release));
  expect(text).toContain('Deployment/web (web/templates/deployment.yaml, line');
  expect(text).toContain('-     "replicas": 3,\n+     "replicas": 4,');
});

test('fails with what is missing and what is too much', async () => {
  const some = web.release.manifests.filter(({ object }) => object.kind !== 'ConfigMap');
  expect(await failureText(() => expect(some).toRenderSameAs(web.release))).toBe(
    'expected the same objects\n\nnot rendered:\n  v1 ConfigMap/web-config',
  );
  expect(await failureText(() => expect(web.release).toRenderSameAs(some))).toBe(
    'expected the same objects\n\nrendered, but not expected:\n  v1 ConfigMap/web-config',
  );
});

test('shows that a secret differs, not what it is', async () => {
  const other = await render({ secret: 'correct-horse' });
  const text = await failureText(() => expect(other).toRenderSameAs(web.release));
  expect(text).toContain('-     "PASSWORD": "<hidden 1>",\n+     "PASSWORD": "<hidden 2>",');
  expect(text).not.toMatch(/hunter2|correct-horse/u);
});

test('negated, fails when all is the same', async () => {
  expect(await failureText(() => expect(web.release).not.toRenderSameAs(web.release))).toBe(
    'expected a difference, but all 4 objects are the same',
  );
});
