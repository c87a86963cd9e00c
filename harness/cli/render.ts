import { renderChart } from '../helm/render-chart.js';
import type { CliContext } from './cli-context.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { readProjectFile } from './project-file.js';
import {
  addLookupsFlag,
  addRenderFlags,
  chooseRenderContext,
  chooseRenderOptions,
  describeEngine,
  type RenderFlags,
} from './render-flags.js';
import { listCases } from './values-cases.js';

interface Flags extends RenderFlags {
  showOnly?: string[];
  includeCrds?: boolean;
  skipTests?: boolean;
  notes?: boolean;
}

/** `sluice render`: the manifests as Helm prints them, or as one JSON document. */
export async function runRender(args: readonly string[], context: CliContext): Promise<number> {
  const command = addLookupsFlag(
    addRenderFlags(
      createCommand(
        {
          name: 'render',
          description: 'Print the manifests of a chart, by helm template.',
          example: 'sluice render -f values/prod.yaml --release shop --namespace shop-prod',
        },
        context,
      ),
    ),
  )
    .option('-s, --show-only <template>', 'only this template (repeatable)', collect)
    .option('--include-crds', 'with the objects of crds/')
    .option('--skip-tests', 'without helm test objects')
    .option('--notes', 'print the notes instead of the manifests');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const project = await readProjectFile(context.cwd);
  const [valuesCase] =
    flags.file === undefined ? [] : await listCases({ files: flags.file, cwd: context.cwd, project });
  const options = {
    ...(await chooseRenderOptions(flags, { project, context, ...(valuesCase ? { valuesCase } : {}) })),
    ...(flags.showOnly === undefined ? {} : { showOnly: flags.showOnly }),
    ...(flags.includeCrds ? { includeCrds: true } : {}),
    ...(flags.skipTests ? { skipTests: true } : {}),
  };
  const renderContext = chooseRenderContext(flags, context);
  if (flags.notes) {
    const { renderNotes } = await import('../helm/render-notes.js');
    context.stdout.write((await renderNotes(options, renderContext)) ?? '');
    return 0;
  }
  const release = await renderChart(options, renderContext);
  if (flags.verbose) {
    context.stderr.write(`${describeEngine(release)}\n`);
  }
  if (flags.json) {
    const manifests = release.manifests.map(({ object, source }) => ({ object, source }));
    const { name, namespace, chart, helmVersion } = release;
    context.stdout.write(`${JSON.stringify({ name, namespace, chart, helmVersion, manifests }, null, 2)}\n`);
  } else {
    context.stdout.write(release.text);
  }
  return 0;
}
