import { createHash } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { JsonObject } from '../manifest/manifest.js';
import type { ExternalSecretsFiles } from '../toolchain/external-secrets-program.js';
import { makeOnce } from '../toolchain/make-once.js';
import { completeOptions, type ToolchainOptions } from '../toolchain/toolchain-options.js';
import { redirectAws } from './external-secrets.js';

/** Changes with what is done to the chart. */
const EDITION = 1;

// It looks for the first time after 20 seconds, and then every five.
const SLOW_PROBE = /initialDelaySeconds: 20\n(\s+)periodSeconds: 5/gu;

/**
 * Gives a copy of the operator's own chart that can be installed here: without a dependency that is in a registry and
 * switched off, and with readiness looked for at once, which its values cannot say.
 */
export async function ensureOperatorChart(
  { chartFolder, version }: ExternalSecretsFiles,
  options: ToolchainOptions = {},
): Promise<string> {
  const { cacheFolder } = completeOptions(options);
  const key = createHash('sha256').update(`${EDITION} ${chartFolder}`).digest('hex').slice(0, 16);
  const folder = await makeOnce({
    folder: join(cacheFolder, 'external-secrets', `chart-${version}-${key}`),
    make: async (draft) => await copyChart(chartFolder, join(draft, 'external-secrets')),
  });
  return join(folder, 'external-secrets');
}

async function copyChart(source: string, target: string): Promise<void> {
  await cp(source, target, {
    recursive: true,
    filter: (path) => !/\/(?:tests|ci|Chart\.lock|README\.md(?:\.gotmpl)?)$/u.test(path),
  });
  const chartFile = join(target, 'Chart.yaml');
  const chart = parseDocument(await readFile(chartFile, 'utf8'));
  chart.delete('dependencies');
  await writeFile(chartFile, chart.toString());
  const templates = join(target, 'templates');
  for (const name of await readdir(templates)) {
    if (!name.endsWith('deployment.yaml')) continue;
    const text = await readFile(join(templates, name), 'utf8');
    await writeFile(
      join(templates, name),
      text.replaceAll(SLOW_PROBE, 'initialDelaySeconds: 1\n$1periodSeconds: 1'),
    );
  }
}

export interface OperatorValuesOptions {
  /** Image of the operator, its webhook and its certificate controller. */
  reference: string;
  /** Endpoint of the parameter store that stands in for all of AWS, as pods reach it; left out: AWS itself. */
  storeEndpointUrl?: string | undefined;
}

/** Values of the operator's chart: everything on, one image for all three, no definitions (they are there already). */
export function chooseOperatorValues({ reference, storeEndpointUrl }: OperatorValuesOptions): JsonObject {
  const colon = reference.lastIndexOf(':');
  const image = {
    repository: reference.slice(0, colon),
    tag: reference.slice(colon + 1),
    pullPolicy: 'IfNotPresent',
  };
  const log = { level: 'info', timeEncoding: 'rfc3339nano' };
  const env = storeEndpointUrl === undefined ? {} : redirectAws(storeEndpointUrl);
  return {
    installCRDs: false,
    image,
    log,
    concurrent: 4,
    extraEnv: Object.entries(env).map(([name, value]) => ({ name, value })),
    webhook: { image, log },
    certController: { image, log },
  };
}
