import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../../helpers/run-cli.js';
import { REPOSITORY } from '../../../helpers/run-script.js';

/** The command lines that a page shows, without their comments. */
function listCommands(page: string): string[][] {
  const text = readFileSync(join(REPOSITORY, page), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gmu)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.trim().split('\n'))
    .map((line) => line.replace(/\s+#.*$/u, '').split(' '));
}

test.each(['docs/doctor.md', 'docs/rotate.md'])(
  '%s shows only commands and options that there are',
  async (page) => {
    const commands = listCommands(page);
    expect(commands.length).toBeGreaterThan(3);
    for (const [program, name = '', ...args] of commands) {
      expect(program).toBe('sluice');
      const { stdout, code } = await runCli([name, '--help']);
      expect(code).toBe(0);
      for (const option of args.filter((one) => one.startsWith('-')))
        expect(stdout, `${name} ${option}`).toMatch(new RegExp(`(?:^|[\\s,])${option}(?:[\\s,]|$)`, 'mu'));
    }
  },
);
