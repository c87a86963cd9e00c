// `npm start`: what every pod of the sample values will see and whether anything is wrong with it, then the life of a
// secret in a cluster on this machine.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

const MISSING = 3;
const INTERRUPTED = 130;

prepare();

// A Ctrl-C reaches the command too: it cleans up, and then we end.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    if (signal !== 'SIGINT') running?.kill(signal);
  });
}
let running;

const results = [await sluice('check'), await sluice('env')];
if (!interrupted) {
  process.stderr.write(
    '\nNext: a real cluster on this machine with external-secrets and a parameter store, and the life of a secret in it:\n' +
      'in kind where a Docker engine answers, else as processes of yours, without Docker or root. The first time what is\n' +
      'missing is pulled or built: about ten minutes on two cores. After that it takes half a minute to a minute. Ctrl-C\n' +
      'ends it and leaves nothing running.\n',
  );
  const status = await sluice('e2e');
  if (status === MISSING) {
    process.stderr.write(
      '\nskipped: the life of a secret (sluice e2e), for the reason above; all else was done\n',
    );
  } else {
    results.push(status);
  }
}
process.exitCode = interrupted ? INTERRUPTED : (results.find((status) => status !== 0) ?? 0);

function sluice(...args) {
  if (interrupted) return INTERRUPTED;
  process.stderr.write(`\n$ sluice ${args.join(' ')}\n`);
  return new Promise((resolve) => {
    running = spawn(process.execPath, [join('dist', 'bin', 'sluice.js'), ...args], {
      cwd: root,
      stdio: 'inherit',
    });
    running.on('error', () => resolve(MISSING));
    running.on('close', (status) => resolve(status ?? INTERRUPTED));
  });
}
