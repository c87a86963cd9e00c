import { renderChart } from '../helm/render-chart.js';
import { effectiveEnv } from '../manifest/effective-env.js';
import { type ContractFinding, checkContract } from '../secrets/contract/check-contract.js';
import { listWorkloadVariables } from '../secrets/contract/container-variables.js';
import type { Contract } from '../secrets/contract/contract.js';
import type { CliContext } from './cli-context.js';
import { type Colors, chooseColors } from './colors.js';
import { addContractFlag, type ContractFlags, openContract } from './contract-flags.js';
import { createCommand, parseArguments } from './create-command.js';
import { formatCounts, formatFinding } from './format-findings.js';
import { type ProjectFile, readProjectFile } from './project-file.js';
import {
  addRenderFlags,
  chooseRenderContext,
  chooseRenderOptions,
  type RenderFlags,
} from './render-flags.js';
import { listCases, type ValuesCase } from './values-cases.js';

interface Flags extends RenderFlags, ContractFlags {}

interface CheckedWorkload {
  workload: string;
  findings: ContractFinding[];
  /** Required variables that only the store can tell of. */
  untold: string[];
}

interface CheckedCase {
  case: ValuesCase;
  workloads: CheckedWorkload[];
}

/** `sluice contract check`: compares what containers get with the contract; exit code 1 where an error is found. */
export async function runContractCheck(args: readonly string[], context: CliContext): Promise<number> {
  const command = addContractFlag(
    addRenderFlags(
      createCommand(
        {
          name: 'contract check',
          description:
            'Compare what every container gets with the contract: missing, badly formed, insecure, in the clear, unknown.\n' +
            'Without -f: for every file in values/.',
          example: 'sluice contract check -f values/prod.yaml',
        },
        context,
      ),
    ),
  );
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const project = await readProjectFile(context.cwd);
  const contract = await openContract(flags, { context, project });
  const cases = await listCases({ files: flags.file ?? [], cwd: context.cwd, project });
  const checked = await Promise.all(
    cases.map(async (one) => await checkCase(one, { flags, project, context, contract })),
  );
  if (flags.json) printJson(contract, checked, context);
  else printText(contract, checked, { flags, context });
  const isBroken = checked.some(({ workloads }) => workloads.some(hasError));
  return isBroken ? 1 : 0;
}

interface CheckOptions {
  flags: Flags;
  project: ProjectFile;
  context: CliContext;
  contract: Contract;
}

async function checkCase(
  one: ValuesCase,
  { flags, project, context, contract }: CheckOptions,
): Promise<CheckedCase> {
  const options = await chooseRenderOptions(flags, { project, context, valuesCase: one });
  const release = await renderChart({ ...options, skipTests: true }, chooseRenderContext(flags, context));
  const containers = effectiveEnv(release.manifests, {
    namespace: release.namespace,
    kubernetesVersion: flags.kubeVersion,
  });
  const workloads = listWorkloadVariables(containers).map(({ workload, variables, mayHoldMore }) => {
    const all = checkContract(contract, variables, { workload });
    const isUntold = ({ rule }: ContractFinding): boolean => mayHoldMore && rule === 'contract-missing';
    return {
      workload,
      findings: all.filter((finding) => !isUntold(finding)),
      untold: all.filter(isUntold).map(({ name }) => name),
    };
  });
  return { case: one, workloads };
}

function hasError({ findings }: CheckedWorkload): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function printJson(contract: Contract, checked: readonly CheckedCase[], context: CliContext): void {
  const cases = checked.map(({ case: { name, files }, workloads }) => ({ name, values: files, workloads }));
  context.stdout.write(`${JSON.stringify({ contract: contract.path, cases }, null, 2)}\n`);
}

function printText(
  contract: Contract,
  checked: readonly CheckedCase[],
  { flags, context }: { flags: Flags; context: CliContext },
): void {
  const colors = chooseColors(context.stdout, context.env, flags.color);
  const lines = checked.flatMap((one) => formatCase(one, { colors, quiet: flags.quiet === true }));
  const all = checked.flatMap(({ workloads }) => workloads.flatMap(({ findings }) => findings));
  if (!flags.quiet) {
    const many = contract.entries.length;
    lines.push(`${contract.path}: ${many} variable${many === 1 ? '' : 's'}: ${formatCounts(all)}`);
  }
  if (lines.length > 0) context.stdout.write(`${lines.join('\n')}\n`);
}

/** Workloads that have the same findings share them. */
function formatCase(
  { case: { name }, workloads }: CheckedCase,
  { colors, quiet }: { colors: Colors; quiet: boolean },
): string[] {
  const groups = new Map<string, string[]>();
  for (const { workload, findings, untold } of workloads) {
    const lines = findings.map((finding) => formatFinding(finding, { place: '', colors }).trimStart());
    if (!quiet && untold.length > 0) {
      lines.push(colors.dim(`only the store can tell of ${untold.join(', ')}: sluice doctor asks it`));
    }
    const body = lines.map((line) => line.replaceAll(/^/gmu, '  ')).join('\n');
    groups.set(body, [...(groups.get(body) ?? []), workload]);
  }
  const shown = [...groups].filter(([body]) => body !== '' || !quiet);
  if (shown.length === 0) return [];
  return [
    colors.bold(name),
    ...shown.map(([body, names]) => {
      const heading = `${names.join(', ')}${body === '' ? `: ${colors.green('as agreed')}` : ''}`;
      return body === '' ? heading : `${heading}\n${body}`;
    }),
  ];
}
