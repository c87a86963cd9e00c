import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { openStore } from '../../../harness/store/open-store.js';
import type { AwsStoreService, PutOptions, ValueStore } from '../../../harness/store/value-store.js';
import { type CliResult, type RunCliOptions, runCli } from '../../helpers/run-cli.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';
import { useSharedCluster } from './shared.js';

const CHART = resolve(import.meta.dirname, '../../../chart');

/** A part of the real store for one test, and commands that work on it. */
export class SecretsCorner {
  readonly store: ValueStore;
  /** An application of its own: `/platform/NAME/…` is its path. */
  readonly app: string;
  /** Folder that commands are called in; it holds `stage.yaml` and `prod.yaml`. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;

  private constructor({ store, app, folder, env }: Pick<SecretsCorner, 'store' | 'app' | 'folder' | 'env'>) {
    this.store = store;
    this.app = app;
    this.folder = folder;
    this.env = env;
  }

  static async open(
    options: { service?: AwsStoreService; endpointUrl?: string; files?: Record<string, string> } = {},
  ): Promise<SecretsCorner> {
    const { parameterStore } = await useSharedCluster();
    const store = await openStore(parameterStore, options.service ?? 'ParameterStore');
    const app = `test-${randomBytes(4).toString('hex')}`;
    const folder = await makeTempFolder({
      'stage.yaml': describeValues(app, 'stage'),
      'prod.yaml': describeValues(app, 'prod'),
      ...options.files,
    });
    onTestFinished(async () => {
      for (const { name } of await store.list(`/platform/${app}`)) await store.delete(name);
      store.close();
    });
    const { endpointUrl, region, credentials } = parameterStore;
    const env = {
      AWS_ENDPOINT_URL: options.endpointUrl ?? endpointUrl ?? '',
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials?.accessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? '',
    };
    return new SecretsCorner({ store, app, folder, env });
  }

  /** Name of the application's JSON in an environment. */
  path(environment: 'stage' | 'prod' = 'stage'): string {
    return `/platform/${this.app}/${environment}/app`;
  }

  async put(name: string, value: string | object, options: PutOptions = {}): Promise<string> {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return await this.store.put(name, new SecretValue(text), options);
  }

  /** The members of what is stored now. */
  async read(name = this.path()): Promise<Record<string, unknown>> {
    return JSON.parse((await this.readText(name)) ?? '{}');
  }

  async readText(name: string): Promise<string | undefined> {
    return (await this.store.get(name))?.value.reveal();
  }

  /** Runs `sluice secrets …` on the chart of the repository. */
  async run(args: readonly string[], options: RunCliOptions = {}): Promise<CliResult> {
    const [command = '', ...rest] = args;
    const isRendered = rest.includes('-f');
    return await runCli(['secrets', command, ...(isRendered ? ['--chart', CHART] : []), ...rest], {
      cwd: this.folder,
      ...options,
      env: { ...this.env, ...options.env },
    });
  }
}

function describeValues(app: string, environment: string): string {
  return [
    `nameOverride: ${app}`,
    `environment: ${environment}`,
    'image: {repository: registry.example.com/shop, tag: "1"}',
    'externalSecrets:',
    '  external: {path: "/{system}/{app}/{environment}/app"}',
    '  keys:',
    '    data:',
    '      STRIPE_API_KEY: /{system}/{app}/{environment}/stripe',
    '      SMTP_TOKEN: {path: "/{system}/{app}/{environment}/smtp", property: token}',
    '',
  ].join('\n');
}
