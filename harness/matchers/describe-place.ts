import { formatObjectName, type Manifest, type ValuesSource } from '../manifest/manifest.js';
import { LineLocator } from '../validate/locate-line.js';
import { locateCause } from '../validate/values/locate-cause.js';
import { ValuesPositions } from '../validate/values/values-position.js';

/** `Deployment/web (app/templates/deployment.yaml, line 12 of the rendered text)`. */
export function describeManifest(manifest: Manifest, pointer = ''): string {
  const line = new LineLocator().locate(manifest, pointer);
  const place = [manifest.source.template, `line ${line} of the rendered text`].filter((part) => part !== '');
  return `${formatObjectName(manifest.object)} (${place.join(', ')})`;
}

/** `values/prod.yaml:9:3 config.LOG_LEVEL`, or undefined where the cause cannot be known. */
export function describeCause(
  manifest: Manifest,
  pointer: string,
  valuesSources: readonly ValuesSource[],
): string | undefined {
  if (valuesSources.length === 0) return undefined;
  const place = locateCause(manifest.object, pointer, new ValuesPositions(valuesSources));
  return place === undefined ? undefined : `${place.file}:${place.line}:${place.column} ${place.path}`;
}

/** The lines that say where a place in a manifest comes from. */
export function describePlace(
  manifest: Manifest,
  pointer: string,
  valuesSources: readonly ValuesSource[],
): string[] {
  const cause = describeCause(manifest, pointer, valuesSources);
  return [`in ${describeManifest(manifest, pointer)}`, ...(cause === undefined ? [] : [`from ${cause}`])];
}

/** Names of objects, a line each, no more than fit on a screen. */
export function listObjects(manifests: readonly Manifest[]): string {
  const most = 30;
  const lines = manifests.slice(0, most).map(({ object, source }) => {
    const template = source.template === '' ? '' : `  (${source.template})`;
    return `  ${formatObjectName(object)}${template}`;
  });
  if (manifests.length > most) lines.push(`  and ${manifests.length - most} more`);
  return lines.length === 0 ? '  nothing' : lines.join('\n');
}
