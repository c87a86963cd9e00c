import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { runCommand } from '../harness/exec/run-command.js';
import { buildGoProgram } from '../harness/toolchain/go-program.js';
import { makeCaseValues, RENDER_CASES } from './render-bench.js';

/**
 * The same 400 cases as one helm-unittest suite of one assertion each, in milliseconds.
 *
 * @throws SluiceError where helm-unittest cannot be built here.
 */
export async function benchHelmUnittest(chart: string, onProgress: (text: string) => void): Promise<number> {
  const program = await buildGoProgram({
    name: 'helm-unittest',
    version: '1.1.2',
    folder: resolve(import.meta.dirname, 'helm-unittest'),
    package: 'github.com/helm-unittest/helm-unittest/cmd/helm-unittest',
    onProgress,
  });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const copy = join(folder, 'chart');
    await cp(chart, copy, { recursive: true });
    await mkdir(join(copy, 'tests'));
    await writeFile(join(copy, 'tests', 'cases_test.yaml'), stringify(makeSuite()));
    const start = performance.now();
    await runCommand(program, [copy]);
    return performance.now() - start;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function makeSuite(): object {
  return {
    suite: 'the cases of the benchmark',
    templates: ['templates/configmap.yaml'],
    tests: Array.from({ length: RENDER_CASES }, (_, index) => ({
      it: `renders case ${index}`,
      set: makeCaseValues(index),
      asserts: [{ equal: { path: 'data.SETTING_0', value: `value ${index}-0` } }],
    })),
  };
}
