import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderChart } from '../../../harness/index.js';
import '../../../harness/vitest.js';
import { failureText } from '../../helpers/failure-text.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';
import { useWebChart } from '../../helpers/web-chart.js';

const web = useWebChart();

const failing = (reason = 'environment must be set') =>
  renderChart({ chart: web.chart, values: { fail: reason } }, { cache: false });
const good = () => renderChart({ chart: web.chart });

test('holds for the exact text, a pattern, or any failure, of a promise or a function', async () => {
  await expect(failing()).toFailRendering('environment must be set');
  await expect(() => failing()).toFailRendering(/must be/u);
  await expect(failing()).toFailRendering();
  await expect(failing()).not.toFailRendering('must be');
  await expect(good()).not.toFailRendering();
});

test('fails with the difference of the texts and where the failure was raised', async () => {
  const text = await failureText(() => expect(failing()).toFailRendering('environment must be given'));
  expect(text).toContain('- environment must be given\n+ environment must be set');
  expect(text).toContain('raised by web/templates/deployment.yaml, line 1');
  expect(await failureText(() => expect(failing()).toFailRendering(/given/u))).toContain(
    'expected the render to fail with /given/u, but the text is\n\nenvironment must be set',
  );
});

test('fails when the render succeeds', async () => {
  expect(await failureText(() => expect(good()).toFailRendering('x'))).toBe(
    'expected the render to fail with "x", but it succeeded',
  );
});

test('negated, fails with the text', async () => {
  expect(await failureText(() => expect(failing()).not.toFailRendering())).toContain(
    'expected the render not to fail, but it did\n\nenvironment must be set',
  );
});

test('does not take a missing chart, or an error of the test itself, for a failed render', async () => {
  for (const received of [
    () => renderChart({ chart: join(web.chart, 'nowhere') }),
    () => {
      throw new TypeError('a mistake in the test');
    },
  ]) {
    expect(await failureText(() => expect(received).toFailRendering())).toMatch(
      /nowhere|a mistake in the test/u,
    );
    expect(await failureText(() => expect(received).not.toFailRendering())).toMatch(
      /nowhere|a mistake in the test/u,
    );
  }
});

test('compares the violations of a schema', async () => {
  const folder = await makeTempFolder();
  await cp(web.chart, folder, { recursive: true });
  const schema = { type: 'object', properties: { replicas: { type: 'integer' } } };
  await writeFile(join(folder, 'values.schema.json'), JSON.stringify(schema));
  await expect(renderChart({ chart: folder, values: { replicas: 'two' } })).toFailRendering(
    /^\/replicas: .*(?:string|integer)/u,
  );
});
