// `npm start`: what every pod of the sample values will see, and whether anything is wrong with it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();

const sluice = (...args) => {
  process.stderr.write(`\n$ sluice ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [join('dist', 'bin', 'sluice.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return status ?? 130;
};

const results = [sluice('check'), sluice('env')];
process.exitCode = results.find((status) => status !== 0) ?? 0;
