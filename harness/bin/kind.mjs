#!/usr/bin/env node
// What `npx kind` starts: in a clone it installs and compiles what is missing, with Node alone.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const program = new URL('../../dist/bin/kind.js', import.meta.url);
if (!existsSync(program)) {
  const preparation = new URL('../../scripts/prepare.mjs', import.meta.url);
  const script = `import(${JSON.stringify(preparation.href)}).then(({ prepare }) => prepare())`;
  // A process of its own, whose words are no part of what kind prints.
  const { status } = spawnSync(process.execPath, ['-e', script], { stdio: ['inherit', 2, 2] });
  if (status !== 0) process.exit(status ?? 130);
}
await import(program.href);
