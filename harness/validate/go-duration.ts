const UNIT_NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Reads a duration as Go's `time.ParseDuration` does: `1h30m`, `90s`, `0`. In milliseconds; undefined where it is none. */
export function parseGoDuration(text: string): number | undefined {
  if (/^[+-]?0$/u.test(text)) return 0;
  const match = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/u.exec(text);
  if (!match) return undefined;
  let nanoseconds = 0;
  for (const [, number = '', unit = ''] of (match[2] ?? '').matchAll(
    /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gu,
  )) {
    nanoseconds += Number(number) * (UNIT_NANOSECONDS[unit] ?? 0);
  }
  return ((match[1] === '-' ? -1 : 1) * nanoseconds) / 1e6;
}

/** Writes milliseconds, at least a second or zero, as Go's `Duration.String` does: `1h0m0s`, `15m0s`, `30s`, `0s`. */
export function formatGoDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '';
  const total = Math.abs(milliseconds) / 1000;
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = Number((total % 60).toFixed(9));
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}
