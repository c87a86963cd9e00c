import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../manifest/manifest.js';

/** What the engine counted in one render. */
export interface CoverageRecord {
  /** Name of the chart. */
  chart: string;
  /** False where a template stopped the render. */
  complete: boolean;
  options: {
    release: string;
    namespace: string;
    kubeVersion?: string;
    apiVersions?: string[];
    isUpgrade?: boolean;
  };
  /** What the user gave, put together, without the defaults. */
  values: JsonObject;
  files: {
    /** In the chart, such as `templates/deployment.yaml`. */
    path: string;
    digest: string;
    /** A counter's number and how often it was hit, by turns. */
    hits: number[];
  }[];
  /** By a chart's folder and a leaf's pointer: positions in `files` of the templates that read it. */
  reads: Record<string, Record<string, number[]>>;
  /** By a chart's folder and a leaf's pointer: digest of its value where that is not the one of values.yaml. */
  changed: Record<string, Record<string, string>>;
  /** Pointers of what the user gave that no template read. */
  unread: string[];
  /** Pointers of what templates ask for by name that values.yaml does not have. */
  asked: string[];
}

/** A record with how many renders had the very same, and the values files of each. */
export interface CountedRecord {
  record: CoverageRecord;
  count: number;
  /** Absolute paths. */
  files: readonly string[];
}

/** Reads what renders wrote down in a folder; empty where there were none. */
export async function readCoverageRecords(folder: string): Promise<CountedRecord[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const counts = new Map<string, number>();
  for (const name of names.filter((one) => one.endsWith('.jsonl')).sort()) {
    const text = await readFile(join(folder, name), 'utf8');
    for (const line of text.split('\n')) {
      if (line !== '') counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  return [...counts].flatMap(([line, count]) => {
    const parsed = parseLine(line);
    return parsed === undefined ? [] : [{ ...parsed, count }];
  });
}

// A process that was killed may have left half a line.
function parseLine(line: string): Omit<CountedRecord, 'count'> | undefined {
  try {
    return JSON.parse(line) as Omit<CountedRecord, 'count'>;
  } catch {
    return undefined;
  }
}
