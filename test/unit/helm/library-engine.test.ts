import { cp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SluiceError } from '../../../harness/errors.js';
import { measureMemory } from '../../../harness/exec/measure-memory.js';
import { readProcessStart } from '../../../harness/exec/process-identity.js';
import { EnginePool } from '../../../harness/helm/engine-pool.js';
import { renderChart } from '../../../harness/helm/render-chart.js';
import { findHelm } from '../../../harness/toolchain/find-helm.js';
import { findProgram } from '../../../harness/toolchain/find-program.js';
import {
  ensureHelmEngine,
  findBuiltHelmEngine,
  HELM_ENGINE_VERSION,
} from '../../../harness/toolchain/helm-engine-program.js';
import { DEFAULT_REGISTRY_HELM } from '../../../harness/toolchain/registry-helm.js';
import { takeHelm4 } from '../../chart/support/helms.js';
import { COMPILED } from '../../helpers/compiled.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { runCli } from '../../helpers/run-cli.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { makeSmallChart } from '../../helpers/small-chart.js';
import { makeTempFolder, writeFiles } from '../../helpers/temp-folder.js';

const LIMITS = { timeoutMs: 30_000 };
const ENDLESS = '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}';

const missing =
  (await findProgram('go')) === undefined && (await findBuiltHelmEngine()) === undefined
    ? ': Go is not on PATH, and the engine is not built'
    : '';

test('the engine is of the Helm release that is taken where there is none', () => {
  expect(HELM_ENGINE_VERSION).toBe(DEFAULT_REGISTRY_HELM.version);
});

describe.skipIf(missing !== '')(`the library engine${missing}`, { timeout: 600_000 }, () => {
  async function render(chart: string, values = {}, more = {}): Promise<string> {
    const release = await renderChart({ chart, values }, { cache: false, engine: 'library', ...more });
    expect(release).toMatchObject({ engine: 'library', helmVersion: HELM_ENGINE_VERSION });
    return release.text;
  }

  async function openPool(size = 1): Promise<{
    pool: EnginePool;
    ask: (chart: string, signal?: AbortSignal, timeoutMs?: number) => Promise<string>;
  }> {
    const pool = new EnginePool((await ensureHelmEngine()).path, size);
    return {
      pool,
      ask: async (chart, signal, timeoutMs = LIMITS.timeoutMs) => {
        const args = ['template', 'shop', chart, '--set', 'image.repository=a,image.tag=1'];
        const { exitCode, stdout, stderr } = await pool.render(
          { args, stdin: '', cwd: '/' },
          { timeoutMs, signal },
        );
        expect(stderr).toBe('');
        expect(exitCode).toBe(0);
        return stdout;
      },
    };
  }

  test('every change of a chart is seen in the next render', async () => {
    const chart = await makeSmallChart();
    for (const color of ['red', 'blue', 'grey', 'gold']) {
      await writeFile(join(chart, 'values.yaml'), `data: {COLOR: ${color}}\n`);
      expect(await render(chart)).toContain(`"COLOR":"${color}"`);
    }
    await writeFiles(chart, { 'templates/more.yaml': 'kind: More\n' });
    expect(await render(chart)).toContain('kind: More');
    await rm(join(chart, 'templates/more.yaml'));
    expect(await render(chart)).not.toContain('kind: More');
  });

  test('a change that leaves size and modification time as they were is seen, too', async () => {
    const chart = await makeSmallChart();
    const past = new Date(Date.now() - 3_600_000);
    for (const color of ['red', 'tan', 'red']) {
      await writeFile(join(chart, 'values.yaml'), `data: {COLOR: ${color}}\n`);
      await utimes(join(chart, 'values.yaml'), past, past);
      expect(await render(chart)).toContain(`"COLOR":"${color}"`);
    }
  });

  test('a failure is told with the same code, text and place as by the binary', async ({ skip }) => {
    // Another release of Helm may say it in other words.
    const helm = await takeHelm4();
    skip(helm.version !== HELM_ENGINE_VERSION, `helm is ${helm.version}, the engine ${HELM_ENGINE_VERSION}`);
    const charts = [
      { 'templates/a.yaml': '{{ fail "stop here" }}' },
      { 'templates/a.yaml': '\n{{ .Values.a.b.c }}' },
      { 'templates/a.yaml': 'a: b: c' },
      { 'values.schema.json': '{"additionalProperties":false}' },
    ];
    for (const files of charts) {
      const chart = await makeSmallChart(files);
      const failures = await Promise.all(
        (['library', 'binary'] as const).map(
          async (engine) =>
            await renderChart({ chart, namespace: 'shop' }, { cache: false, engine, helm }).catch(
              (error: unknown) => error,
            ),
        ),
      );
      const told = failures.map((failure) => {
        expect(failure).toBeInstanceOf(SluiceError);
        const { code, shortMessage, evidence, remedy } = failure as SluiceError;
        return { code, shortMessage, evidence, remedy };
      });
      expect(told[0]).toEqual(told[1]);
    }
  });

  test('dependencies that are not there are built in a copy', async () => {
    const folder = await makeTempFolder({
      'kid/Chart.yaml': 'apiVersion: v2\nname: kid\nversion: 1.0.0\n',
      'kid/templates/a.yaml': 'kind: Kid\n',
      'top/Chart.yaml':
        'apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies:\n- {name: kid, version: 1.0.0, repository: "file://../kid"}\n',
    });
    expect(await render(join(folder, 'top'))).toContain('kind: Kid');
    expect(await readdir(join(folder, 'top'))).toEqual(['Chart.yaml']);
  });

  test('one that is killed in the middle of a render is told once, and the next render works', async () => {
    const { pool, ask } = await openPool();
    const endless = await makeSmallChart({ 'templates/a.yaml': ENDLESS });
    const chart = await makeSmallChart();
    await ask(chart);
    const [pid = 0] = pool.pids;
    const lost = ask(endless);
    process.kill(pid, 'SIGKILL');
    await expect(lost).rejects.toMatchObject({
      code: 'ENGINE_DIED',
      message: expect.stringMatching(
        /^library engine: ended in the middle of a render, by signal SIGKILL\n/u,
      ),
    });
    expect(await ask(chart)).toContain('kind: ConfigMap');
    expect(pool.pids).toHaveLength(1);
    expect(pool.pids).not.toContain(pid);
  });

  test('one that is killed between two renders is not noticed', async () => {
    const { pool, ask } = await openPool();
    const chart = await makeSmallChart();
    await ask(chart);
    const [pid = 0] = pool.pids;
    process.kill(pid, 'SIGKILL');
    await vi.waitUntil(() => pool.pids.length === 0, { timeout: 30_000 });
    expect(await ask(chart)).toContain('kind: ConfigMap');
  });

  test('a render without end is ended by its time limit, and the next one works', async () => {
    const endless = await makeSmallChart({ 'templates/a.yaml': ENDLESS });
    const { pool, ask } = await openPool();
    await expect(ask(endless, undefined, 300)).rejects.toMatchObject({
      code: 'ENGINE_TIMEOUT',
      shortMessage: 'library engine: a render was not finished after 300 ms',
    });
    expect(pool.pids).toEqual([]);
    expect(await ask(await makeSmallChart())).toContain('kind: ConfigMap');
  });

  test('a render is ended by an abort with its reason, and what waits for its turn never starts', async () => {
    const endless = await makeSmallChart({ 'templates/a.yaml': ENDLESS });
    const { pool, ask } = await openPool();
    const controller = new AbortController();
    const both = Promise.allSettled([ask(endless, controller.signal), ask(endless, controller.signal)]);
    await vi.waitUntil(() => pool.pids.length === 1, { timeout: 30_000 });
    controller.abort(new Error('enough'));
    for (const one of await both) expect(one).toMatchObject({ reason: { message: 'enough' } });
    expect(pool.pids).toEqual([]);
    expect(await ask(await makeSmallChart())).toContain('kind: ConfigMap');
  });

  test('renders that start together share as many programs as there are places', async () => {
    const { pool, ask } = await openPool(2);
    const chart = await makeSmallChart();
    const texts = await Promise.all(Array.from({ length: 30 }, async () => await ask(chart)));
    expect(new Set(texts).size).toBe(1);
    expect(pool.pids).toHaveLength(2);
  });

  test('it ends with the process that started it, however that ends, and keeps none alive', async () => {
    const chart = await makeSmallChart();
    const script = [
      `import { EnginePool } from ${JSON.stringify(join(COMPILED, 'helm/engine-pool.js'))};`,
      `const pool = new EnginePool(${JSON.stringify((await ensureHelmEngine()).path)}, 1);`,
      `await pool.render({ args: ['template', 'a', ${JSON.stringify(chart)}], stdin: '', cwd: '/' }, { timeoutMs: 30000 });`,
      'console.log(pool.pids.join());',
      'if (process.argv.includes("stay")) setInterval(() => undefined, 1000);',
    ].join('\n');
    for (const end of [undefined, 'SIGKILL', 'SIGTERM'] as const) {
      const stay = end === undefined ? [] : ['stay'];
      const child = execa(process.execPath, ['--input-type=module', '-e', script, 'run', ...stay], {
        cwd: REPOSITORY,
        reject: false,
        extendEnv: true,
      });
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (end !== undefined) child.kill(end);
      });
      const { exitCode, signal } = await child;
      expect([exitCode, signal]).toEqual(end === undefined ? [0, undefined] : [undefined, end]);
      const pid = Number(text);
      expect(pid).toBeGreaterThan(0);
      await vi.waitUntil(() => readProcessStart(pid) === undefined, { timeout: 30_000 });
    }
  });

  test('its memory does not grow from render to render', async () => {
    const { pool, ask } = await openPool();
    const chart = join(REPOSITORY, 'chart');
    // The most of it: what it has at one moment depends on how long ago Go has collected its garbage.
    const peakOf = async (count: number): Promise<number> => {
      const peaks: number[] = [];
      for (let index = 1; index <= count; index += 1) {
        await ask(chart);
        if (index % 10 === 0) peaks.push(...(await measureMemory(pool.pids)).values());
      }
      return Math.max(...peaks);
    };
    const early = await peakOf(100);
    expect((await peakOf(300)) / early).toBeLessThan(1.3);
  });

  test('auto takes it where it is built, and --verbose says which', async () => {
    await ensureHelmEngine();
    const chart = await makeSmallChart();
    const env = { SLUICE_HELM: undefined };
    const ask = async (...args: string[]) =>
      await runCli(['render', '--chart', chart, '--verbose', '--no-cache', ...args], { env });
    const { version } = await findHelm({ env: { ...process.env, ...env } });
    const usual = version === HELM_ENGINE_VERSION ? 'library' : 'binary';
    expect((await ask()).stderr).toBe(`helm ${version}, ${usual} engine\n`);
    expect((await ask('--engine', 'binary')).stderr).toBe(`helm ${version}, binary engine\n`);
    expect((await ask('--engine', 'library')).stderr).toBe(`helm ${HELM_ENGINE_VERSION}, library engine\n`);
    const checked = await runCli(['check', '--chart', chart, '--verbose', '--engine', 'library'], {
      env,
      cwd: chart,
    });
    expect(checked.stderr).toMatch(/^helm \S+, library engine/mu);
  });

  test('the cache tells what the one rendered from what the other did', async () => {
    const chart = await makeSmallChart();
    const cacheFolder = await makeTempFolder();
    const { path } = await ensureHelmEngine();
    const helm = await findHelm();
    const context = { cacheFolder, helm };
    expect(path).not.toBe(helm.path);
    await renderChart({ chart }, { ...context, engine: 'binary' });
    expect((await renderChart({ chart }, { ...context, engine: 'binary' })).fromCache).toBe(true);
    await cp(dirname(path), join(cacheFolder, 'tools', basename(dirname(path))), { recursive: true });
    expect((await renderChart({ chart }, { cacheFolder, engine: 'library' })).fromCache).toBe(false);
    expect((await renderChart({ chart }, { cacheFolder, engine: 'library' })).fromCache).toBe(true);
  });
});

describe('auto', () => {
  test('never builds, and takes the binary where the library is not built', async () => {
    const release = await renderChart(
      { chart: await makeSmallChart() },
      { cacheFolder: await makeTempFolder(), helm: await findHelm() },
    );
    expect(release.engine).toBe('binary');
  });
});

describe('a program that is no engine', () => {
  afterEach(() => vi.restoreAllMocks());

  async function ask(script: string): Promise<unknown> {
    const path = await writeFakeProgram(join(await makeTempFolder(), 'engine'), script);
    return await new EnginePool(path, 1)
      .render({ args: [], stdin: '', cwd: '/' }, LIMITS)
      .catch((error: unknown) => error);
  }

  test('and ends at once is told with its last words', async () => {
    const error = await ask('read line; echo "no memory left" >&2; exit 7');
    expect(error).toMatchObject({ code: 'ENGINE_DIED', evidence: expect.stringContaining('no memory left') });
    expect(String(error)).toContain('exit code 7');
  });

  test('and answers something else is told as confused', async () => {
    expect(await ask('read line; echo hello; read line')).toMatchObject({ code: 'ENGINE_CONFUSED' });
    expect(
      await ask(
        'read line; echo \'{"id":9,"exitCode":0,"stdoutBytes":0,"stderrBytes":0,"coverageBytes":0}\'; read line',
      ),
    ).toMatchObject({
      code: 'ENGINE_CONFUSED',
    });
  });

  test('or is not there at all is told', async () => {
    const error = await new EnginePool('/nowhere/engine', 1)
      .render({ args: [], stdin: '', cwd: '/' }, LIMITS)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ENGINE_DIED', evidence: expect.stringContaining('ENOENT') });
  });
});
