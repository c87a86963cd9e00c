import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { collectCoverage, type SubchartChoice } from '../coverage/collect-coverage.js';
import { toCoverageMap } from '../coverage/coverage-map.js';
import { type CoverageReport, METRICS } from '../coverage/coverage-report.js';
import { readExceptions } from '../coverage/exceptions.js';
import { formatCoverage } from '../coverage/format-coverage.js';
import { findShortfalls, parseThresholds } from '../coverage/thresholds.js';
import { REPORT_KINDS, type ReportKind, writeReports } from '../coverage/write-reports.js';
import { SluiceError } from '../errors.js';
import { runForeground } from '../exec/run-foreground.js';
import { COVERAGE_VARIABLE } from '../helm/covered-render.js';
import { renderChart } from '../helm/render-chart.js';
import type { CliContext } from './cli-context.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { describeCoverage } from './describe-coverage.js';
import { readProjectFile } from './project-file.js';
import {
  addRenderFlags,
  chooseRenderContext,
  chooseRenderOptions,
  type RenderFlags,
} from './render-flags.js';
import { listCases, type ValuesCase } from './values-cases.js';

interface Flags extends RenderFlags {
  report: ReportKind[];
  out: string;
  min: string[];
  base?: string;
  exceptions?: string;
  subcharts: SubchartChoice;
  effects: boolean;
}

const EXCEPTIONS_FILE = 'coverage-exceptions.yaml';

/** `sluice coverage`: exit code 1 where something is below its threshold; that of the command where it failed. */
export async function runCoverage(args: readonly string[], context: CliContext): Promise<number> {
  const border = args.indexOf('--');
  const command = createCoverageCommand(context);
  if (!parseArguments(command, border < 0 ? args : args.slice(0, border))) return 0;
  const flags = command.opts<Flags>();
  const thresholds = parseThresholds(flags.min);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-coverage-'));
  try {
    const job = { flags, context, folder, chart: await findChart(flags, context) };
    const made = border < 0 ? await renderCases(job) : await runTests(args.slice(border + 1), job);
    context.signal.throwIfAborted();
    const report = await collectReport(job);
    const shortfalls = findShortfalls(report, thresholds);
    await printReport(report, shortfalls, job);
    return made === 0 && shortfalls.length > 0 ? 1 : made;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Job {
  flags: Flags;
  context: CliContext;
  /** Where renders write down what they hit. */
  folder: string;
  chart: string;
}

function createCoverageCommand(context: CliContext): Command {
  const command = createCommand(
    {
      name: 'coverage',
      usage: '[options] [-- COMMAND [ARGUMENTS...]]',
      description:
        'Tell what renders never touched: branches of templates, values that nothing reads or varies.\n' +
        'Renders every file in values/ and the chart’s ci/, each alone; or all that -f names together; or counts\n' +
        'whatever the command renders that stands behind --, such as a test run.',
      example: 'sluice coverage --min branches=90 --report lcov -- npx vitest run',
    },
    context,
  );
  return addRenderFlags(command)
    .addOption(
      new Option('--report <kind>', 'write a report too (repeatable)')
        .choices(REPORT_KINDS)
        .argParser((value: string, before: ReportKind[] = []) => [...before, parseKind(value)])
        .default([]),
    )
    .option('--out <dir>', 'folder for reports', 'coverage')
    .option('--min <metric=percent>', `threshold for ${METRICS.join(', ')} (repeatable)`, collect, [])
    .option('--base <revision>', 'tell what of the changes since that git revision is covered')
    .option('--exceptions <file>', `what need not be covered, and why (default: ${EXCEPTIONS_FILE})`)
    .addOption(
      new Option('--subcharts <which>', 'which subcharts count')
        .choices(['none', 'unpacked', 'all'])
        .default('unpacked'),
    )
    .option('--no-effects', 'do not try which values change a manifest');
}

function parseKind(value: string): ReportKind {
  const kind = REPORT_KINDS.find((one) => one === value);
  if (kind !== undefined) return kind;
  throw new SluiceError({
    code: 'USAGE',
    message: `--report ${value}: no such report`,
    remedy: `There are ${REPORT_KINDS.join(', ')}.`,
    exitCode: 2,
  });
}

async function findChart(flags: Flags, context: CliContext): Promise<string> {
  const project = await readProjectFile(context.cwd);
  return (await chooseRenderOptions(flags, { project, context })).chart;
}

async function runTests(command: readonly string[], { flags, context, folder }: Job): Promise<number> {
  const [file, ...args] = command;
  if (file === undefined) {
    throw new SluiceError({
      code: 'USAGE',
      message: 'sluice coverage --: there is no command behind it',
      remedy: 'Write it there, such as sluice coverage -- npx vitest run.',
      exitCode: 2,
    });
  }
  const env = Object.fromEntries(
    Object.entries({ ...context.env, [COVERAGE_VARIABLE]: folder }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  const output = flags.json ? 'stderr' : 'stdout';
  return await runForeground({ file, args, env, cwd: context.cwd, output, signal: context.signal });
}

async function renderCases(job: Job): Promise<number> {
  const { flags, context, folder } = job;
  const project = await readProjectFile(context.cwd);
  const cases = await listCases({ files: flags.file ?? [], cwd: context.cwd, project });
  const own = flags.file === undefined ? await listChartCases(job) : [];
  const results = await Promise.all(
    [...cases, ...own].map(async (one) => {
      const options = await chooseRenderOptions(flags, { project, context, valuesCase: one });
      try {
        await renderChart(options, { ...chooseRenderContext(flags, context), coverage: folder });
        return 0;
      } catch (error) {
        // What a template refuses has covered what refuses it.
        if (!(error instanceof SluiceError) || error.exitCode !== 1) throw error;
        context.stderr.write(`${one.name}: ${error.message}\n`);
        return 1;
      }
    }),
  );
  return Math.max(0, ...results);
}

/** The values that a chart brings for tests of its own, as chart-testing takes them. */
async function listChartCases({ chart, context }: Job): Promise<ValuesCase[]> {
  const folder = join(resolve(context.cwd, chart), 'ci');
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /-values\.ya?ml$/u.test(name))
    .sort()
    .map((name) => {
      const file = relative(context.cwd, join(folder, name));
      return { name: file, files: [file] };
    });
}

async function collectReport({ flags, context, folder, chart }: Job): Promise<CoverageReport> {
  const file = await findExceptionsFile(flags, context);
  const report = await collectCoverage({
    chart,
    folder,
    subcharts: flags.subcharts,
    effects: flags.effects,
    exceptions: file === undefined ? [] : await readExceptions(file),
    base: flags.base,
    context: chooseRenderContext(flags, context),
  });
  if (report.renders > 0) return report;
  throw new SluiceError({
    code: 'NOTHING_COVERED',
    message: `chart ${chart}: nothing was rendered of it`,
    remedy:
      'Name its values files with -f, or a command behind -- that renders it with renderChart or sluice; --chart says which chart is meant.',
  });
}

async function findExceptionsFile({ exceptions }: Flags, { cwd }: CliContext): Promise<string | undefined> {
  if (exceptions !== undefined) return resolve(cwd, exceptions);
  const usual = join(cwd, EXCEPTIONS_FILE);
  return await stat(usual).then(
    () => usual,
    () => undefined,
  );
}

async function printReport(
  report: CoverageReport,
  shortfalls: readonly string[],
  { flags, context }: Job,
): Promise<void> {
  const chart = resolve(context.cwd, report.chart);
  if (flags.report.length > 0) {
    const map = toCoverageMap(report.templates, chart);
    const folder = resolve(context.cwd, flags.out);
    writeReports(flags.report, { map, templates: report.templates, chart, folder, root: context.cwd });
  }
  if (flags.json) {
    context.stdout.write(`${JSON.stringify(describeCoverage(report, shortfalls), null, 2)}\n`);
    return;
  }
  if (!flags.quiet) {
    const { columns } = context.stdout;
    const text = await formatCoverage(report, { columns, verbose: flags.verbose === true });
    context.stdout.write(`${text}\n`);
  }
  for (const line of shortfalls) context.stderr.write(`${line}\n`);
}
