// What the action in .github/actions/check runs, in the folder it is called in: `sluice check` with the action's inputs,
// shown as on a terminal, and each finding marked at its line of the pull request. Exits as `sluice check` does.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

const { SLUICE_FILES = '', SLUICE_CHART = '', SLUICE_JUNIT = '', SLUICE_STRICT = '' } = process.env;

const args = [
  ...SLUICE_FILES.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .flatMap((file) => ['--file', file]),
  ...(SLUICE_CHART === '' ? [] : ['--chart', SLUICE_CHART]),
  ...(SLUICE_STRICT === 'true' ? ['--strict'] : []),
];

prepare();
const shown = check(SLUICE_JUNIT === '' ? args : [...args, '--junit', SLUICE_JUNIT], 'inherit');
// The second time everything comes from the cache.
if (shown.status === 1) mark(check([...args, '--json'], ['ignore', 'pipe', 'ignore']).stdout);
process.exitCode = shown.status ?? 3;

function check(options, stdio) {
  const sluice = join(root, 'dist', 'bin', 'sluice.js');
  return spawnSync(process.execPath, [sluice, 'check', ...options], { stdio, encoding: 'utf8' });
}

// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
function mark(text) {
  for (const { issues } of JSON.parse(text).cases) {
    for (const { rule, severity, message, remedy, object, values } of issues) {
      if (severity === 'info') continue;
      const place = values === undefined ? {} : { file: values.file, line: values.line, col: values.column };
      const properties = Object.entries({ ...place, title: `sluice ${rule}` })
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}=${escapeFor(String(value), /[%\r\n:,]/gu)}`);
      const lines = [[object, message].filter(Boolean).join(' '), remedy].filter(Boolean).join('\n');
      process.stdout.write(`::${severity} ${properties.join(',')}::${escapeFor(lines, /[%\r\n]/gu)}\n`);
    }
  }
}

function escapeFor(text, special) {
  return text.replaceAll(
    special,
    (char) => `%${char.codePointAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
