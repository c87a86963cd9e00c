import { renderChart } from '../harness/helm/render-chart.js';
import { parseManifests } from '../harness/manifest/parse-manifests.js';
import { loadSchemas } from '../harness/schemas/load-schemas.js';
import { validate } from '../harness/validate/validate.js';
import { makeCaseValues } from './render-bench.js';

export const VALIDATE_MANIFESTS = 5000;

export interface ValidateFigures {
  manifests: number;
  parseMs: number;
  validateMs: number;
  manifestsPerSecond: number;
  /** Of reading YAML in both together, from 0 to 1. */
  parseShare: number;
}

/** Reads and validates 5,000 manifests of the chart as the releases they are. */
export async function benchValidation(chart: string): Promise<ValidateFigures> {
  const texts: string[] = [];
  for (let count = 0, index = 0; count < VALIDATE_MANIFESTS; index += 1) {
    const release = await renderChart({ chart, release: `app-${index}`, values: makeCaseValues(index % 40) });
    texts.push(release.text);
    count += release.manifests.length;
  }
  const schemas = loadSchemas();
  validate({ manifests: parseManifests(texts[0] ?? '') }, { schemas });
  const start = performance.now();
  const releases = texts.map(parseManifests);
  const parsed = performance.now();
  for (const manifests of releases) validate({ manifests }, { schemas });
  const end = performance.now();
  const manifests = releases.reduce((sum, release) => sum + release.length, 0);
  return {
    manifests,
    parseMs: parsed - start,
    validateMs: end - parsed,
    manifestsPerSecond: manifests / ((end - start) / 1000),
    parseShare: (parsed - start) / (end - start),
  };
}
