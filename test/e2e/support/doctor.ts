import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { JsonObject } from '../../../harness/manifest/manifest.js';
import type { DoctorCheckId } from '../../../harness/secrets/doctor/doctor-checks.js';
import type { DoctorReport, ReportedFinding } from '../../../harness/secrets/doctor/doctor-report.js';
import { runCli } from '../../helpers/run-cli.js';
import { CHART } from './release.js';
import type { Scenario } from './scenario.js';

/** A report with the exit code that came with it. */
export interface Examined extends DoctorReport {
  code: number;
}

/** What `sluice doctor --json` says of a scenario's namespace. No character of a value may be in it. */
export async function examine(scenario: Scenario, args: readonly string[] = []): Promise<Examined> {
  const { cluster, namespace } = scenario;
  // A folder without sluice.yaml.
  const { stdout, stderr, code } = await runCli(
    ['doctor', '--json', '--cluster', cluster.name, '--namespace', namespace, ...args],
    { cwd: CHART },
  );
  expect(code, stderr).toBeLessThan(2);
  return { ...(JSON.parse(stdout) as DoctorReport), code };
}

/** The same for people. */
export async function readExamination(scenario: Scenario, args: readonly string[] = []): Promise<string> {
  const { cluster, namespace } = scenario;
  const place = ['--cluster', cluster.name, '--namespace', namespace];
  return (await runCli(['doctor', ...place, ...args], { cwd: CHART })).stdout;
}

/** The finding of a check; a failure tells those that are there. */
export function findingOf({ findings }: DoctorReport, id: DoctorCheckId): ReportedFinding {
  const found = findings.find((one) => one.id === id);
  expect(
    found,
    `${id} is not among ${JSON.stringify(findings.map((one) => `${one.id}: ${one.message}`))}`,
  ).toBeDefined();
  return found as ReportedFinding;
}

/** Ids of what was found, in the order of the report, each once. */
export function listIds({ findings }: DoctorReport): string[] {
  return [...new Set(findings.map(({ id }) => id))];
}

/** What was seen of one kind: `condition`, `event`, `store`. */
export function evidenceOf({ evidence }: ReportedFinding, from: string): string {
  return evidence
    .filter((one) => one.from === from)
    .map(({ text }) => text)
    .join('\n');
}

/** Writes a scenario's values to a file, for `-f`. */
export async function writeValues(scenario: Scenario, folder: string, values: JsonObject): Promise<string> {
  const file = join(folder, 'values.json');
  await writeFile(file, JSON.stringify({ ...scenario.baseValues(), ...values }));
  return file;
}
