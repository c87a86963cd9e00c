import { spawn } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SLUICE } from '../../helpers/compiled.js';
import { runCli } from '../../helpers/run-cli.js';
import { makeSmallChart } from '../../helpers/small-chart.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

interface Watching {
  chart: string;
  /** Waits for the verdict after the ones before it, and gives what was printed since. */
  nextVerdict: () => Promise<string>;
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** `sluice check --watch` of a small chart with one values file, in a process of its own. */
async function watchChart(): Promise<Watching> {
  const folder = await makeSmallChart({ 'own.yaml': 'data: {A: one}\n' });
  const child = spawn(
    process.execPath,
    [SLUICE, 'check', '--watch', '--no-cache', '--chart', '.', '-f', 'own.yaml'],
    { cwd: folder, env: { ...process.env, NO_COLOR: '1' } },
  );
  const ended = new Promise<number | null>((done) => child.on('close', done));
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  let read = 0;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  return {
    chart: folder,
    nextVerdict: async () => {
      const mark = 'watching; Ctrl-C ends it\n';
      await expect
        .poll(() => text.indexOf(mark, read), { timeout: 20_000, interval: 5 })
        .toBeGreaterThanOrEqual(0);
      const end = text.indexOf(mark, read) + mark.length;
      const since = text.slice(read, end);
      read = end;
      return since;
    },
    end: async (signal) => {
      child.kill(signal);
      return await ended;
    },
  };
}

/**
 * Puts a file in place at once, which is one event and one verdict. One that is written where it stands is empty for as
 * long as the system lets nobody go on, and may be looked at in between.
 */
async function save(file: string, text: string): Promise<void> {
  const folder = await makeTempFolder({ saved: text });
  await rename(join(folder, 'saved'), file);
}

test('each save of a template or a values file is followed by a verdict', {
  timeout: 60_000,
}, async () => {
  const { chart, nextVerdict, end } = await watchChart();
  expect(await nextVerdict()).toContain('nothing wrong');
  await save(join(chart, 'templates/config.yaml'), '{{ fail "no data" }}');
  expect(await nextVerdict()).toMatch(/changed: templates\/config\.yaml[\s\S]*no data[\s\S]*1 error/u);
  await save(join(chart, 'templates/config.yaml'), 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n');
  expect(await nextVerdict()).toContain('nothing wrong');
  await save(join(chart, 'own.yaml'), 'data:\n\tA: one\n');
  expect(await nextVerdict()).toMatch(/changed: own\.yaml[\s\S]*not readable as YAML/u);
  await writeFile(join(chart, 'own.yaml.new'), 'data: {A: two}\n');
  await rename(join(chart, 'own.yaml.new'), join(chart, 'own.yaml'));
  await expect.poll(nextVerdict, { timeout: 30_000 }).toContain('nothing wrong');
  expect(await end('SIGINT')).toBe(0);
});

test('files that come and go, in folders that come too, are seen', { timeout: 60_000 }, async () => {
  const { chart, nextVerdict, end } = await watchChart();
  await nextVerdict();
  await mkdir(join(chart, 'templates/more'));
  expect(await nextVerdict()).toContain('nothing wrong');
  await writeFile(join(chart, 'templates/more/bad.yaml'), 'a: b: c\n');
  await expect.poll(nextVerdict, { timeout: 30_000 }).toContain('is not YAML');
  await rm(join(chart, 'templates/more'), { recursive: true });
  await expect.poll(nextVerdict, { timeout: 30_000 }).toContain('nothing wrong');
  expect(await end('SIGTERM')).toBe(0);
});

test('what cannot be watched is wrong usage', async () => {
  for (const flag of ['--json', '--server']) {
    const { code, stderr } = await runCli(['check', '--watch', flag], { cwd: await makeSmallChart() });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--watch does not go with')]);
  }
});
