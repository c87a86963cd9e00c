// `npm run lint:workflows`: actionlint, built once from its pinned Go module, over the workflows and the examples of them.
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SluiceError } from '../harness/errors.js';
import { runCommand } from '../harness/exec/run-command.js';
import { buildGoProgram } from '../harness/toolchain/go-program.js';
import { runScript } from './run-script.js';

const USAGE = `Usage: tsx scripts/run-actionlint.ts [--required] [FILE]...

Runs actionlint over these workflows, else over those of this repository and its examples, and exits as it does. Where it
can't be built on this machine, it says so in one line and exits 0; with --required it exits 3.`;

const REPOSITORY = resolve(import.meta.dirname, '..');
const FOLDERS = ['.github/workflows', 'docs/examples/github-actions'];

async function main(required: boolean, named: string[]): Promise<number> {
  const files = named.length > 0 ? named : await listWorkflows();
  let actionlint: string;
  try {
    actionlint = await buildActionlint();
  } catch (error) {
    if (!(error instanceof SluiceError) || error.exitCode !== 3) throw error;
    console.log(`actionlint skipped: ${error.shortMessage}`);
    return required ? 3 : 0;
  }
  // Neither shellcheck nor pyflakes: what they find would depend on whether the machine happens to have them.
  const result = await runCommand(actionlint, ['-shellcheck=', '-pyflakes=', '-no-color', ...files], {
    cwd: REPOSITORY,
    acceptedExitCodes: [0, 1],
  });
  process.stdout.write(result.stdout);
  if (result.exitCode === 0) console.log(`${files.length} workflows: nothing wrong`);
  return result.exitCode;
}

async function listWorkflows(): Promise<string[]> {
  const names = await Promise.all(
    FOLDERS.map(async (folder) =>
      (await readdir(join(REPOSITORY, folder))).map((name) => join(folder, name)),
    ),
  );
  return names.flat();
}

async function buildActionlint(): Promise<string> {
  return await buildGoProgram({
    name: 'actionlint',
    version: '1.7.12',
    folder: join(import.meta.dirname, 'actionlint'),
    package: 'github.com/rhysd/actionlint/cmd/actionlint',
    expectedCpuSeconds: 15,
    onProgress: (text) => console.error(text),
  });
}

await runScript({
  usage: USAGE,
  takes: { options: { required: { type: 'boolean', default: false } }, allowPositionals: true },
  run: async ({ values, positionals }) => await main(values.required, positionals),
});
