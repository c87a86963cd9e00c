import type {
  EnvOrigin,
  ExternalSecretRoute,
  OpenSource,
  RemoteReference,
  ValueSource,
} from './env-origin.js';

const STORE_LABELS: Readonly<Record<string, string>> = {
  ParameterStore: 'SSM',
  SecretsManager: 'Secrets Manager',
  kubernetes: 'Kubernetes',
  vault: 'Vault',
  infisical: 'Infisical',
};

export interface FormatOriginOptions {
  /** Name of the variable: a key equal to it is left out. */
  name?: string | undefined;
}

/**
 * An origin in one line, for tables and messages: `ConfigMap web-config`,
 * `SSM /platform/prod/twilio › auth_token (version 3)`, `Secret web-postgres-app › password`, `literal`.
 */
export function formatOrigin(
  origin: EnvOrigin | ValueSource | OpenSource,
  { name }: FormatOriginOptions = {},
): string {
  const key = 'key' in origin && origin.key !== name ? ` › ${origin.key}` : '';
  switch (origin.type) {
    case 'config-map':
      return `ConfigMap ${origin.name}${key}`;
    case 'secret':
      return `Secret ${origin.name}${key}`;
    case 'sealed-secret':
      return `SealedSecret ${origin.name}${key}`;
    case 'external-secret':
      return formatRoute(origin, { key: 'key' in origin ? origin.key : undefined, name });
    case 'existing':
      return `${origin.kind} ${origin.name}${key}`;
    case 'literal':
      return 'literal';
    case 'field':
      return `field ${origin.fieldPath}`;
    case 'resource-field':
      return `resource ${origin.resource}`;
    case 'file-key':
      return `file ${origin.path} in volume ${origin.volume} › ${origin.key}`;
  }
}

function formatRoute(
  route: { name: string } & ExternalSecretRoute,
  { key, name }: { key: string | undefined; name: string | undefined },
): string {
  const path = key === undefined ? '' : ` › ${key}`;
  switch (route.via) {
    case 'data': {
      const property = route.remote.property === undefined ? '' : ` › ${route.remote.property}`;
      return `${formatRemote(route.remote)}${property}${formatVersion(route.remote)}`;
    }
    case 'extract': {
      const property = route.remote.property === undefined ? '' : ` › ${route.remote.property}`;
      return `${formatRemote(route.remote)}${property}${path}${formatVersion(route.remote)}`;
    }
    case 'find':
      return `${formatRemote(route.remote)} ${formatSearch(route)}${path}`;
    case 'generator':
      return `generator ${route.kind} ${route.name}${path}`;
    case 'template':
      return `template of Secret ${route.name}${key === name ? '' : path}${formatRemotes(route.remotes)}`;
  }
}

const MOST_REMOTES = 3;

function formatRemotes(remotes: readonly RemoteReference[]): string {
  if (remotes.length === 0) return '';
  const more = remotes.length > MOST_REMOTES ? ` and ${remotes.length - MOST_REMOTES} more` : '';
  return `, from ${remotes.slice(0, MOST_REMOTES).map(formatRemote).join(', ')}${more}`;
}

function formatSearch({
  nameRegexp,
  tags = [],
}: {
  nameRegexp?: string | undefined;
  tags?: readonly string[];
}): string {
  if (nameRegexp !== undefined) return `(names like ${nameRegexp})`;
  return tags.length > 0 ? `(tagged ${tags.join(', ')})` : '(every name)';
}

/** A path with the store it is in: `SSM /platform/prod/db`, or `store aws-parameter-store /platform/prod/db`. */
export function formatRemote({ store, key }: RemoteReference): string {
  if (store === undefined) return key;
  const label = store.type === undefined ? undefined : (STORE_LABELS[store.type] ?? store.type);
  return label === undefined ? `store ${store.name} ${key}` : `${label} ${key}`;
}

function formatVersion({ version }: RemoteReference): string {
  return version === undefined ? '' : ` (version ${version})`;
}
