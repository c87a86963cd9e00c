import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Reporter } from 'vitest/node';
import { collectCoverage, type SubchartChoice } from './coverage/collect-coverage.js';
import { toCoverageMap } from './coverage/coverage-map.js';
import type { CoverageReport } from './coverage/coverage-report.js';
import { readExceptions } from './coverage/exceptions.js';
import { formatCoverage } from './coverage/format-coverage.js';
import { findShortfalls, type Thresholds } from './coverage/thresholds.js';
import { type ReportKind, writeReports } from './coverage/write-reports.js';
import { endWithProcess } from './exec/end-with-process.js';
import { findLibrary } from './helm/choose-engine.js';
import { COVERAGE_VARIABLE } from './helm/covered-render.js';

export type { SubchartChoice } from './coverage/collect-coverage.js';
export type { Metric } from './coverage/coverage-report.js';
export type { Thresholds } from './coverage/thresholds.js';
export type { ReportKind } from './coverage/write-reports.js';

export interface ChartCoverageOptions {
  /** Folder of the chart. Default `chart`, taken as all paths here from vitest's root. */
  chart?: string;
  /** Least shares in percent; a run below one of them fails. Default: none. */
  thresholds?: Thresholds;
  /** Reports to write. Default: none. */
  reports?: readonly ReportKind[];
  /** Folder for reports. Default `coverage`. */
  folder?: string;
  /** File of what need not be covered, each with its reason. Default: none. */
  exceptions?: string;
  /** Git revision whose changes since are looked at on their own. */
  base?: string;
  /** Default `unpacked`. */
  subcharts?: SubchartChoice;
  /** Everything instead of the first of long lists. Default false. */
  verbose?: boolean;
}

/**
 * Counts what the tests of a run render of a chart, and tells at its end what they never touched:
 * `reporters: ['default', new ChartCoverage({ thresholds: { branches: 90 } })]`.
 *
 * In watch mode each run is counted on its own.
 */
export class ChartCoverage implements Reporter {
  readonly #options: ChartCoverageOptions;
  #root = process.cwd();
  #folder: string | undefined;

  constructor(options: ChartCoverageOptions = {}) {
    this.#options = options;
  }

  /** @throws SluiceError as `ensureHelmEngine`: only the library engine counts. */
  async onInit(vitest: Parameters<NonNullable<Reporter['onInit']>>[0]): Promise<void> {
    this.#root = vitest.config.root;
    const folder = mkdtempSync(join(tmpdir(), 'sluice-coverage-'));
    this.#folder = folder;
    // Workers are started with it later.
    process.env[COVERAGE_VARIABLE] = folder;
    // However it ends: a signal in watch mode closes nothing.
    endWithProcess(() => rmSync(folder, { recursive: true, force: true }));
    // Built before the first test, none of which then waits for it.
    await findLibrary({ onProgress: (text) => process.stderr.write(`${text}\n`) });
  }

  async onTestRunStart(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async onTestRunEnd(): Promise<void> {
    if (this.#folder === undefined) return;
    const report = await this.#collect(this.#folder);
    this.#writeReports(report);
    const columns = process.stdout.columns;
    const text = await formatCoverage(report, { columns, verbose: this.#options.verbose ?? false });
    process.stdout.write(`\n${text}\n`);
    const shortfalls = findShortfalls(report, this.#options.thresholds ?? {});
    for (const line of shortfalls) process.stderr.write(`${line}\n`);
    if (shortfalls.length > 0) process.exitCode = 1;
  }

  async #collect(folder: string): Promise<CoverageReport> {
    const { chart = 'chart', exceptions, subcharts, base } = this.#options;
    return await collectCoverage({
      chart,
      folder,
      base,
      exceptions: exceptions === undefined ? [] : await readExceptions(resolve(this.#root, exceptions)),
      ...(subcharts === undefined ? {} : { subcharts }),
      context: { cwd: this.#root },
    });
  }

  #writeReports({ templates }: CoverageReport): void {
    const { chart = 'chart', reports = [], folder = 'coverage' } = this.#options;
    if (reports.length === 0) return;
    const root = this.#root;
    const path = resolve(root, chart);
    const map = toCoverageMap(templates, path);
    writeReports(reports, { map, templates, chart: path, folder: resolve(root, folder), root });
  }
}
