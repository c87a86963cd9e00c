import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { runCommand } from '../harness/exec/run-command.js';
import { findCacheFolder } from '../harness/toolchain/cache-folder.js';
import { findHelm } from '../harness/toolchain/find-helm.js';
import { type CtTools, findCtTools } from './ct-lint/ct-tools.js';
import { runScript } from './run-script.js';

const USAGE = `Usage: tsx scripts/run-ct-lint.ts [--required] [--repository DIR]

Runs chart-testing's "ct lint" with ct.yaml, and exits as it does. Where neither ct nor what makes it is on this machine,
it says so in one line and exits 0; with --required it exits 3.`;

async function main({ required, repository }: { required: boolean; repository: string }): Promise<number> {
  const tools = await findCtTools({
    cacheFolder: findCacheFolder(),
    env: process.env,
    report: console.error,
  });
  if ('missing' in tools) {
    console.log(`ct lint skipped: ${tools.missing}`);
    return required ? 3 : 0;
  }
  return await lint(tools, repository);
}

async function lint(tools: CtTools, repository: string): Promise<number> {
  const helm = await findHelm();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-ct-'));
  try {
    // ct calls `helm` by its name, whatever the one that was found is called.
    await symlink(helm.path, join(folder, 'helm'));
    const path = [folder, ...tools.folders, process.env['PATH'] ?? ''].join(delimiter);
    const { stdout, stderr, exitCode } = await runCommand(
      tools.ct,
      ['lint', '--config', 'ct.yaml', ...tools.flags],
      { cwd: repository, env: { ...process.env, PATH: path }, acceptedExitCodes: [0, 1] },
    );
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    return exitCode;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await runScript({
  usage: USAGE,
  takes: {
    options: {
      required: { type: 'boolean', default: false },
      repository: { type: 'string', default: resolve(import.meta.dirname, '..') },
    },
  },
  run: async ({ values }) => await main(values),
});
