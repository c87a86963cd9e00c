/**
 * Files whose scenarios start embedded clusters of their own, or need no more than a parameter store. They would be the
 * same in kind, and are run once.
 */
export const PROVIDER_INDEPENDENT: readonly string[] = [
  'cluster-life',
  'doctor-faults',
  'faults',
  'secrets-commands',
  'secrets-faults',
  'secrets-writers',
  'value-store',
].map((name) => `test/e2e/${name}.test.ts`);
