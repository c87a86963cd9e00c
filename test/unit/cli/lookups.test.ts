import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coverageObstacle } from '../../helpers/coverage-obstacle.js';
import { runCli } from '../../helpers/run-cli.js';
import { makeSmallChart } from '../../helpers/small-chart.js';

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: {name: found}
data:
  kept: {{ (lookup "v1" "Secret" "default" "db").data | default dict | keys | join "," | quote }}
`;
const ITEM =
  '{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: default}, data: {password: eA==}}';

/** A chart that prints the keys of a Secret that it looks up, with a file of objects beside it. */
async function makeChart(lookups: string): Promise<string> {
  const chart = await makeSmallChart({ 'templates/config.yaml': CONFIG });
  await writeFile(join(chart, 'objects.yaml'), lookups);
  return chart;
}

describe.skipIf(coverageObstacle !== undefined)(`--lookups${coverageObstacle ?? ''}`, () => {
  test.for([
    ['a YAML list', `- ${ITEM}\n`],
    ['a List as kubectl prints it', `apiVersion: v1\nkind: List\nitems:\n- ${ITEM}\n`],
  ])('gives the objects of %s to the function lookup', async ([, text]) => {
    const cwd = await makeChart(text ?? '');
    const found = await runCli(['render', '--chart', '.', '--lookups', 'objects.yaml'], { cwd });
    expect(found).toMatchObject({ code: 0 });
    expect(found.stdout).toContain('kept: "password"');
    const none = await runCli(['render', '--chart', '.'], { cwd });
    expect(none.stdout).toContain('kept: ""');
  });

  test('sluice check validates what is rendered with them', async () => {
    const cwd = await makeChart(`- ${ITEM}\n`);
    const { stdout, code } = await runCli(
      ['check', '--chart', '.', '--lookups', 'objects.yaml', '--verbose'],
      { cwd },
    );
    expect({ stdout, code }).toMatchObject({ code: 0 });
  });
});

describe('--lookups', () => {
  test('is refused with the binary engine, which asks no cluster', async () => {
    const cwd = await makeChart(`- ${ITEM}\n`);
    const { stderr, code } = await runCli(
      ['render', '--chart', '.', '--lookups', 'objects.yaml', '--engine', 'binary'],
      { cwd },
    );
    expect(code).toBe(2);
    expect(stderr).toContain('helm template asks no cluster');
  });

  test.for([
    ['no list', ITEM, 'it holds no list'],
    ['an item that is no object of Kubernetes', `- ${ITEM}\n- {kind: Secret}\n`, 'item 2 is no object'],
    ['no YAML', '- {canary: [', 'it cannot be read as YAML'],
  ])('is refused for a file with %s, and nothing of it is told', async ([, text, evidence]) => {
    const cwd = await makeChart(text ?? '');
    const { stderr, code } = await runCli(['render', '--chart', '.', '--lookups', 'objects.yaml'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(evidence);
    expect(stderr).not.toMatch(/canary|eA==/u);
  });

  test('is refused for a file that is not there', async () => {
    const cwd = await makeSmallChart({ 'templates/config.yaml': CONFIG });
    const { stderr, code } = await runCli(['check', '--chart', '.', '--lookups', 'none.yaml'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('--lookups none.yaml: not the objects of a cluster');
    expect(stderr).toContain('there is no such file');
  });
});
