import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { runCommand } from '../../harness/exec/run-command.js';
import { copyChart } from '../../harness/helm/copy-chart.js';
import { makeTempFolder } from './temp-folder.js';

/** A chart that others wrote, in a Go module that carries it. */
export interface ModuleChart {
  module: string;
  /** Path of the chart in the module. */
  path: string;
}

/** A copy of such a chart for the running test, without the dependencies that the module does not carry. */
export async function fetchModuleChart({ module, path }: ModuleChart): Promise<string> {
  const { stdout } = await runCommand('go', ['mod', 'download', '-json', module], {
    env: { ...process.env, GOFLAGS: '-mod=mod' },
  });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const folder = join(await makeTempFolder(), 'chart');
  await copyChart(join(Dir, path), folder);
  await dropRemoteDependencies(join(folder, 'Chart.yaml'));
  return folder;
}

// What the module does not carry would have to come from the chart's own repository on the network.
async function dropRemoteDependencies(file: string): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  const dependencies = document.toJS().dependencies as { name: string; repository?: string }[] | undefined;
  if (dependencies === undefined) return;
  document.set(
    'dependencies',
    dependencies.filter(({ repository }) => !/^(https?|oci):/u.test(repository ?? '')),
  );
  await writeFile(file, document.toString());
}
