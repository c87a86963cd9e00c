import pc from 'picocolors';
import type { OutputStream } from './cli-context.js';

/** Functions that colour text, or leave it as it is. */
export type Colors = ReturnType<typeof pc.createColors>;

/** Colour on a terminal only, never with `NO_COLOR` or `TERM=dumb`; `FORCE_COLOR` asks for it anyway. */
export function chooseColors(stream: OutputStream, env: NodeJS.ProcessEnv, wanted = true): Colors {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== '';
  const refused = !wanted || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return pc.createColors(!refused && (forced || stream.isTTY === true));
}
