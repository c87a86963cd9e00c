import type { Externals } from './validate-input.js';

const LISTS: Readonly<Record<string, keyof Externals>> = {
  Secret: 'secrets',
  ConfigMap: 'configMaps',
  ServiceAccount: 'serviceAccounts',
  PersistentVolumeClaim: 'persistentVolumeClaims',
  Service: 'services',
  SecretStore: 'secretStores',
  ClusterSecretStore: 'secretStores',
};

/** Answers whether an object was declared to exist outside the release. */
export class ExternalNames {
  readonly #externals: Externals;

  constructor(externals: Externals) {
    this.#externals = externals;
  }

  has(kind: string, name: string): boolean {
    const list = LISTS[kind];
    const patterns = list === undefined ? [] : (this.#externals[list] ?? []);
    return (
      patterns.some((pattern) => matchesPattern(pattern, name)) ||
      (this.#externals.others ?? []).some((pattern) => matchesPattern(pattern, `${kind}/${name}`))
    );
  }
}

/** How to declare an object, for a remedy: `declare it in sluice.yaml: externals.secrets: [db]`. */
export function describeDeclaration(kind: string, name: string): string {
  const list = LISTS[kind];
  return `declare it in sluice.yaml: externals.${list === undefined ? `others: [${kind}/${name}]` : `${list}: [${name}]`}`;
}

function matchesPattern(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const source = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'u').test(name);
}
