import { renderChart } from '../helm/render-chart.js';
import type { Manifest } from '../manifest/manifest.js';
import type { CliContext } from './cli-context.js';
import type { ProjectFile } from './project-file.js';
import { chooseRenderContext, chooseRenderOptions } from './render-flags.js';

/** The options by which commands that work on a live release are told what it is rendered from. */
export interface ReleaseFlags {
  file?: string[];
  chart?: string;
  release?: string;
  quiet?: boolean;
  color: boolean;
}

/** The manifests of the release that `-f` tells of; undefined where it was not given. */
export async function renderRelease(
  { file, chart, release, quiet, color }: ReleaseFlags,
  {
    context,
    project,
    namespace,
  }: { context: CliContext; project: ProjectFile; namespace: string | undefined },
): Promise<readonly Manifest[] | undefined> {
  if (file === undefined) return undefined;
  const options = await chooseRenderOptions(
    {
      file,
      ...(chart === undefined ? {} : { chart }),
      ...(release === undefined ? {} : { release }),
      ...(namespace === undefined ? {} : { namespace }),
      ...{ engine: 'auto', cache: true, color },
    },
    { project, context },
  );
  const how = chooseRenderContext({ cache: true, engine: 'auto', quiet: quiet === true }, context);
  return (await renderChart({ ...options, skipTests: true }, how)).manifests;
}
