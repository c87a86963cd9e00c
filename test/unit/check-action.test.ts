import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { REPOSITORY } from '../helpers/run-script.js';
import { makeTempFolder } from '../helpers/temp-folder.js';

const ACTION = '.github/actions/check/action.yaml';

interface Action {
  inputs: Record<string, { default: string }>;
  runs: { steps: { run?: string; env?: Record<string, string> }[] };
}

async function readAction(): Promise<Action> {
  return parse(await readFile(join(REPOSITORY, ACTION), 'utf8')) as Action;
}

/** Runs what the action runs, in an application's repository, as the runner would with these inputs. */
async function runAction(folder: string, inputs: Readonly<Record<string, string>>) {
  const action = await readAction();
  const step = action.runs.steps.find(({ run }) => run !== undefined);
  const env = Object.entries(step?.env ?? {}).map(([name, expression]) => {
    const input = /^\$\{\{ inputs\.(\w+) \}\}$/u.exec(expression)?.[1] ?? '';
    return [name, inputs[input] ?? action.inputs[input]?.default ?? 'no such input'];
  });
  return await execa('bash', ['-c', step?.run ?? 'false'], {
    cwd: folder,
    env: { ...Object.fromEntries(env), GITHUB_ACTION_PATH: join(REPOSITORY, '.github/actions/check') },
    reject: false,
  });
}

async function makeApplication(values: string): Promise<string> {
  const folder = await makeTempFolder();
  await mkdir(join(folder, 'values'));
  await writeFile(join(folder, 'values/prod.yaml'), values);
  return folder;
}

const GOOD = 'environment: prod\nimage: {repository: registry.example.com/shop/app, tag: "1"}\n';

describe('the action for other repositories', () => {
  it("checks an application's values with the chart that comes along", async () => {
    const folder = await makeApplication(GOOD);
    const { exitCode, stdout } = await runAction(folder, { files: 'values/prod.yaml\n' });
    expect(stdout).toContain('nothing wrong');
    expect(stdout).not.toContain('::');
    expect(exitCode).toBe(0);
  });

  it('marks each finding at its line, and fails', async () => {
    const folder = await makeApplication(`${GOOD}replicaCuont: 2\nconfig:\n  A: 1.10\n`);
    const { exitCode, stdout } = await runAction(folder, { junit: 'report.xml' });
    expect(stdout).toContain(
      '::error file=values/prod.yaml,line=3,col=1,title=sluice values-schema::replicaCuont: no such value%0ADid you mean replicaCount?',
    );
    expect(stdout).toContain('::warning file=values/prod.yaml,line=5,col=6,title=sluice lossy-scalar::');
    expect(await readFile(join(folder, 'report.xml'), 'utf8')).toContain('replicaCuont');
    expect(exitCode).toBe(1);
  });

  it('fails for a warning only where it is told to be strict', async () => {
    const folder = await makeApplication(`${GOOD}config:\n  A: 1.10\n`);
    expect((await runAction(folder, {})).exitCode).toBe(0);
    const { exitCode, stdout } = await runAction(folder, { strict: 'true' });
    expect(stdout).toContain('title=sluice lossy-scalar::');
    expect(exitCode).toBe(1);
  });

  it('tells of a file that is not there, by its name', async () => {
    const folder = await makeApplication(GOOD);
    const { exitCode, stderr } = await runAction(folder, { files: 'values/pord.yaml' });
    expect(stderr).toContain('values/pord.yaml');
    expect(exitCode).not.toBe(0);
  });
});
