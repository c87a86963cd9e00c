import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderChart } from '../../../harness/helm/render-chart.js';
import { parseKubernetesYaml } from '../../../harness/manifest/kubernetes-yaml.js';
import { makeSmallChart } from '../../helpers/small-chart.js';
import { writeFiles } from '../../helpers/temp-folder.js';

// Short plain scalars out of what numbers and words of YAML 1.1 are made of; underscores have a table of their own.
const scalar = fc
  .array(fc.constantFrom('0', '1', '7', '8', '.', '+', '-', 'e', 'E', 'x', 'o', 'y', 'n', 'f', 'a'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''))
  .filter((text) => !/^(-|\+|.*:|[-?:]$)/u.test(text) || /^[-+][0-9.]/u.test(text));

test('any short scalar is read as Helm reads it', async () => {
  const chart = await makeSmallChart({ 'templates/config.yaml': 'read: {{ .Values.read | toJson }}\n' });
  const texts = [...new Set(fc.sample(scalar, { numRuns: 3000 }))];
  const lines = texts.map((text, index) => `  k${index}: ${text}`);
  await writeFiles(chart, { 'odd.yaml': `read:\n${lines.join('\n')}\n` });
  const release = await renderChart({ chart, valuesFiles: [`${chart}/odd.yaml`] }, { cache: false });
  const byHelm = JSON.parse(/^read: (.*)$/mu.exec(release.text)?.[1] ?? '{}') as Record<string, unknown>;
  const byUs = parseKubernetesYaml(`${lines.map((line) => line.trim()).join('\n')}\n`) as Record<
    string,
    unknown
  >;
  const differing = texts.flatMap((text, index) => {
    const [helm, us] = [byHelm[`k${index}`], byUs[`k${index}`]];
    return Object.is(helm, us) || (helm === 0 && us === 0)
      ? []
      : [`${text}: Helm ${String(helm)}, here ${String(us)}`];
  });
  expect(differing).toEqual([]);
});
