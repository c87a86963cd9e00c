import type { SecretValue } from '../manifest/secret-value.js';
import type { ValueDifference } from '../secrets/diff-values.js';
import { describeValue, fingerprint } from '../secrets/fingerprint.js';
import { judgeName } from '../validate/plain-secrets/secret-names.js';
import type { Colors } from './colors.js';
import type { WrittenParameter } from './secrets-write.js';

/** A difference as a line, values by length and fingerprint only. */
export function formatDifference({ key, kind, before, after }: ValueDifference, colors: Colors): string {
  switch (kind) {
    case 'added':
      return colors.green(`  + ${key}  ${tell(after)}`);
    case 'removed':
      return colors.red(`  - ${key}  ${tell(before)}`);
    case 'changed':
      return colors.yellow(`  ~ ${key}  ${tell(before)} → ${tell(after)}`);
  }
}

/** As {@link formatDifference}, for `--json`. */
export function describeDifference({ key, kind, before, after }: ValueDifference): object {
  return { key, kind, before: before && summarise(before), after: after && summarise(after) };
}

/** What may be said about a value, for `--json`. */
export function summarise(value: SecretValue): { length: number; fingerprint: string } {
  return { length: [...value.reveal()].length, fingerprint: fingerprint(value) };
}

/** `✓ /shop/prod/db  version 3 → 4: DB_PASSWORD`, with what somebody else did meanwhile. */
export function formatWritten(written: WrittenParameter, colors: Colors): string {
  const { name, version, previousVersion, keys, merged, conflicts, recreated } = written;
  if (keys.length === 0) return `${colors.dim('=')} ${name}  version ${version}: holds that already`;
  const versions =
    previousVersion === undefined ? `version ${version}` : `version ${previousVersion} → ${version}`;
  const lines = [`${colors.green('✓')} ${name}  ${versions}: ${keys.join(', ')}`];
  if (merged) lines.push('  somebody else wrote at the same time: both are kept');
  if (written.type === 'String' && keys.some((key) => judgeName(key) !== undefined)) {
    lines.push(
      colors.yellow('  it is a String, which is kept as plain text: a secret belongs into a SecureString'),
    );
  }
  if (recreated) lines.push(colors.yellow('  it was deleted at the same time, and is there again'));
  for (const conflict of conflicts) {
    const text =
      conflict.winner === 'ours'
        ? `${conflict.key} was set by somebody else, too: theirs is version ${conflict.version} of the history`
        : `${conflict.key} was set by somebody else after you, version ${conflict.version}: yours is in the history`;
    lines.push(colors.yellow(`  ${text}`));
  }
  return lines.join('\n');
}

function tell(value: SecretValue | undefined): string {
  return value === undefined ? '' : describeValue(value);
}
