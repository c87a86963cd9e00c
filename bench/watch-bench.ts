import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const VERDICT = 'watching; Ctrl-C ends it\n';

/** From saving a template to the verdict that `sluice check --watch` prints, median of ten, in milliseconds. */
export async function benchWatch(chart: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const copy = join(folder, 'chart');
  await cp(chart, copy, { recursive: true });
  const args = [
    'check',
    '--watch',
    '--engine',
    'library',
    '--chart',
    copy,
    '-f',
    join(root, 'values', 'prod.yaml'),
  ];
  const child = spawn(process.execPath, [join(root, 'dist', 'bin', 'sluice.js'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const lost = ended.then((): never => {
    throw new Error('sluice check --watch ended by itself');
  });
  lost.catch(() => undefined);
  try {
    let text = '';
    const nextVerdict = async (): Promise<void> => {
      while (!text.includes(VERDICT)) {
        const [chunk] = await Promise.race([once(child.stdout, 'data'), lost]);
        text += String(chunk);
      }
      text = text.slice(text.indexOf(VERDICT) + VERDICT.length);
    };
    await nextVerdict();
    const template = join(copy, 'templates', 'configmap.yaml');
    const before = await readFile(template, 'utf8');
    const times: number[] = [];
    for (let index = 0; index < 10; index += 1) {
      const start = performance.now();
      await writeFile(template, `${before}# change ${index}\n`);
      await nextVerdict();
      times.push(performance.now() - start);
    }
    return times.sort((one, other) => one - other)[5] ?? 0;
  } finally {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}
