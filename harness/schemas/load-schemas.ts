import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { SluiceError } from '../errors.js';

/** The schemas that come with sluice, as text that `validate()` opens. */
export interface SchemaTexts {
  /** Kubernetes' own kinds, several versions. */
  readonly kubernetes: string;
  /** Kinds of operators: external-secrets, Prometheus operator, Gateway API, Sealed Secrets. */
  readonly custom: string;
}

let loaded: SchemaTexts | undefined;

/**
 * Reads the schemas from the package; once a process. About 10 ms.
 *
 * @throws SluiceError `SCHEMA_DATA_MISSING` where the package is incomplete.
 */
export function loadSchemas(): SchemaTexts {
  loaded ??= { kubernetes: readBrotli('kubernetes.json.br'), custom: readBrotli('custom.json.br') };
  return loaded;
}

function readBrotli(name: string): string {
  // The same path leads there from the sources and from the compiled package.
  const url = new URL(`../../harness/schemas/${name}`, import.meta.url);
  try {
    return brotliDecompressSync(readFileSync(url)).toString('utf8');
  } catch (cause) {
    throw new SluiceError({
      code: 'SCHEMA_DATA_MISSING',
      message: `The schema file ${name} that belongs to sluice cannot be read.`,
      evidence: cause instanceof Error ? cause.message : String(cause),
      remedy: 'Install sluice again, or run: npx tsx scripts/generate-schemas.ts',
      exitCode: 3,
      cause,
    });
  }
}
