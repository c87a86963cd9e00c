import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runCommand } from '../../harness/exec/run-command.js';

/** An earlier state of the chart. */
export interface PreviousChart {
  commit: string;
  version: string;
}

const CHART_FILE = 'chart/Chart.yaml';

/**
 * The newest commit whose chart has another version than the one here, else the newest whose chart differs in anything;
 * undefined where the history has none, as that of an archive or of a shallow clone.
 */
export async function findPreviousChart(repository: string): Promise<PreviousChart | undefined> {
  const { stdout, exitCode } = await git(repository, ['log', '--format=%H', '--', 'chart'], [0, 128]);
  const commits = exitCode === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
  const here = await readVersion(repository, 'HEAD');
  let changed: PreviousChart | undefined;
  for (const commit of commits) {
    const version = await readVersion(repository, commit);
    if (version === undefined) continue;
    if (version !== here) return { commit, version };
    if (changed === undefined && (await isChanged(repository, commit))) changed = { commit, version };
  }
  return changed;
}

export interface UpgradeRepositoryOptions {
  /** Undefined: there is nothing to upgrade from. */
  previous: PreviousChart | undefined;
  /** Name of the one file of chart/ci that is kept. */
  valuesFile: string;
  /** Folder to make. */
  target: string;
}

/**
 * Makes a repository with the chart, checked out over the previous one, which is on the branch `previous`. It is its own
 * remote `origin`, as chart-testing wants one to compare with.
 */
export async function makeUpgradeRepository(
  repository: string,
  { previous, valuesFile, target }: UpgradeRepositoryOptions,
): Promise<void> {
  await mkdir(target, { recursive: true });
  await cp(join(repository, 'ct.yaml'), join(target, 'ct.yaml'));
  await git(target, ['init', '--quiet', '--initial-branch=previous']);
  await git(target, ['remote', 'add', 'origin', '.']);
  if (previous !== undefined) {
    const archive = join(target, 'previous.tar');
    await git(repository, ['archive', `--output=${archive}`, previous.commit, 'chart']);
    await runCommand('tar', ['-xf', archive, '-C', target]);
    await rm(archive);
    await keepOne(target, valuesFile);
  }
  await commitAll(target, 'The previous chart');
  await git(target, ['checkout', '--quiet', '-b', 'current']);
  await rm(join(target, 'chart'), { recursive: true, force: true });
  await cp(join(repository, 'chart'), join(target, 'chart'), { recursive: true });
  await keepOne(target, valuesFile);
  await commitAll(target, 'The chart');
  await git(target, ['fetch', '--quiet', 'origin']);
}

async function keepOne(target: string, valuesFile: string): Promise<void> {
  const folder = join(target, 'chart', 'ci');
  const others = (await readdir(folder).catch(() => [])).filter((name) => name !== valuesFile);
  await Promise.all(others.map(async (name) => await rm(join(folder, name))));
}

async function commitAll(folder: string, message: string): Promise<void> {
  await git(folder, ['add', '--all']);
  const identity = ['-c', 'user.name=sluice', '-c', 'user.email=sluice@example.com'];
  await git(folder, [
    ...identity,
    'commit',
    '--quiet',
    '--allow-empty',
    '--no-verify',
    `--message=${message}`,
  ]);
}

async function readVersion(repository: string, commit: string): Promise<string | undefined> {
  const { stdout, exitCode } = await git(repository, ['show', `${commit}:${CHART_FILE}`], [0, 128]);
  return exitCode === 0 ? (parse(stdout) as { version?: string }).version : undefined;
}

async function isChanged(repository: string, commit: string): Promise<boolean> {
  const { exitCode } = await git(repository, ['diff', '--quiet', commit, '--', 'chart'], [0, 1]);
  return exitCode === 1;
}

async function git(cwd: string, args: readonly string[], acceptedExitCodes: readonly number[] = [0]) {
  // Nothing of the user's own counts: no hooks, no signing.
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  return await runCommand('git', args, { cwd, env, acceptedExitCodes });
}
