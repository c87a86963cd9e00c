import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { coverageObstacle } from '../../helpers/coverage-obstacle.js';
import { LINKED, linkPackages } from '../../helpers/link-packages.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { smallChartFiles } from '../../helpers/small-chart.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const TIMEOUT_MS = 120_000;

const TEST = `import { renderChart } from 'sluice';
import { expect, test } from 'vitest';

test('the colour is there', async () => {
  const release = await renderChart({ chart: 'chart', values: { loud: Boolean(process.env['LOUD']) } });
  expect(release.text).toContain('green');
}, 60_000);
`;

/** A project of somebody who tests a chart, configured as the documentation says. */
async function makeProject(config: string): Promise<string> {
  const chart = Object.entries({
    ...smallChartFiles,
    'values.yaml': 'data: {COLOR: green}\nloud: false\n',
    'templates/loud.yaml': '{{ if .Values.loud }}kind: Loud{{ end }}\n',
  });
  const folder = await makeTempFolder({
    ...Object.fromEntries(chart.map(([name, text]) => [`chart/${name}`, text])),
    'test/color.test.ts': TEST,
    'test/other.test.ts': "import { test } from 'vitest';\ntest('nothing of the chart', () => undefined);\n",
  });
  await linkPackages(folder);
  await writeFile(
    join(folder, 'vitest.config.mjs'),
    [
      "import { ChartCoverage } from 'sluice/vitest-reporter';",
      `export default { ...(${LINKED}), test: { ...(${LINKED}).test, ...${config} } };`,
    ].join('\n'),
  );
  return folder;
}

function startVitest(folder: string, args: readonly string[], env: Record<string, string> = {}) {
  const program = join(REPOSITORY, 'node_modules/vitest/vitest.mjs');
  return execa(process.execPath, [program, ...args, '--no-color', '--no-cache', '--configLoader', 'native'], {
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'pipe',
    env: {
      VITEST: undefined,
      VITEST_POOL_ID: undefined,
      VITEST_WORKER_ID: undefined,
      NODE_ENV: undefined,
      SLUICE_COVERAGE: undefined,
      CI: undefined,
      ...env,
    },
  });
}

describe.skipIf(coverageObstacle !== undefined)(
  `vitest with chart coverage${coverageObstacle ?? ''}`,
  { timeout: TIMEOUT_MS },
  () => {
    const reporter = (options: string): string => `{ reporters: ['default', new ChartCoverage(${options})] }`;

    test.each(['forks', 'threads'])(
      'tells at the end of a run what its tests never touched, by %s',
      async (pool) => {
        const folder = await makeProject(reporter("{ reports: ['lcov'] }"));
        const { all, exitCode } = await startVitest(folder, ['run', `--pool=${pool}`]);
        expect(exitCode, all).toBe(0);
        expect(all).toContain('templates/loud.yaml:1  if .Values.loud: never true');
        expect(all).toContain('1 renders: branches 1/2 (50 %)');
        expect(await readFile(join(folder, 'coverage/lcov.info'), 'utf8')).toContain(
          'SF:chart/templates/loud.yaml',
        );
      },
    );

    test('fails a run that is below a threshold', async () => {
      const folder = await makeProject(reporter('{ thresholds: { branches: 60 } }'));
      const { all, exitCode } = await startVitest(folder, ['run']);
      expect(all).toContain('branches: 50 % is below 60 %');
      expect(exitCode).toBe(1);
      await cp(join(folder, 'test/color.test.ts'), join(folder, 'test/loud.test.ts'));
      const text = await readFile(join(folder, 'test/loud.test.ts'), 'utf8');
      await writeFile(
        join(folder, 'test/loud.test.ts'),
        text.replace("Boolean(process.env['LOUD'])", 'true'),
      );
      expect((await startVitest(folder, ['run'])).exitCode).toBe(0);
    });

    test('in watch mode, saving a template runs the tests again, and their coverage is that of the last run', async () => {
      const config = reporter('{}').replace('{', "{ forceRerunTriggers: ['**/chart/**'], ");
      const folder = await makeProject(config);
      const vitest = startVitest(folder, ['--watch']);
      let text = '';
      vitest.all.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      const lost = vitest.then((): never => {
        throw new Error(`vitest ended by itself\n${text}`);
      });
      lost.catch(() => undefined);
      const nextRun = async (verdict: RegExp): Promise<string> => {
        while (
          !verdict.test(text) ||
          !/(?:Waiting|Watching) for file changes/u.test(text) ||
          !text.includes(' renders: ')
        ) {
          await Promise.race([once(vitest.all, 'data'), lost]);
        }
        const run = text;
        text = '';
        return run;
      };
      try {
        expect(await nextRun(/Tests\s+2 passed/u)).toContain('1 renders: branches 1/2');
        const template = join(folder, 'chart/templates/config.yaml');
        const before = await readFile(template, 'utf8');
        await writeFile(template, before.replace('.Values.data', '(dict "COLOR" "blue")'));
        expect(await nextRun(/Tests\s+1 failed/u)).toContain('templates/config.yaml');
        await writeFile(template, before);
        expect(await nextRun(/Tests\s+2 passed/u)).toContain('1 renders: branches 1/2');
      } finally {
        vitest.kill('SIGTERM');
        await vitest;
      }
    });
  },
);
