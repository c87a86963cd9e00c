import { SluiceError } from '../errors.js';

/** Where a kubeconfig's context leads, by all the names it has. */
export interface ContextNames {
  context: string;
  cluster: string;
  server: string;
}

const PRODUCTION = /^(?:prod|production|prd|live)\d*$/u;
const DENIALS = new Set(['non', 'not', 'no']);

/** The name of a context, of its cluster or of its server that sounds like production; undefined where none does. */
export function findProductionName({ context, cluster, server }: ContextNames): string | undefined {
  return [context, cluster, server].find(soundsLikeProduction);
}

function soundsLikeProduction(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/gu, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/u);
  return words.some((word, index) => PRODUCTION.test(word) && !DENIALS.has(words[index - 1] ?? ''));
}

/**
 * Refuses a context that looks like production, unless it is allowed by its exact name.
 *
 * @throws SluiceError `CONTEXT_LOOKS_LIKE_PRODUCTION`, exit code 2.
 */
export function refuseProduction(names: ContextNames, allowed: readonly string[]): void {
  const found = findProductionName(names);
  if (found === undefined || allowed.includes(names.context)) return;
  throw new SluiceError({
    code: 'CONTEXT_LOOKS_LIKE_PRODUCTION',
    message: `context ${names.context}: it looks like production`,
    evidence: `because of the name ${found}`,
    remedy: `Use another context, or allow this one by name: --allow-context ${names.context}`,
    exitCode: 2,
  });
}
