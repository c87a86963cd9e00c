import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect } from 'vitest';
import { type ReservedPort, reservePort } from '../../harness/exec/reserve-port.js';
import { runCommand } from '../../harness/exec/run-command.js';
import { waitUntil } from '../../harness/exec/wait-until.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { SLUICE } from '../helpers/compiled.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { FASTAPI_SAMPLE, installFastApiSample } from './support/fastapi-sample.js';
import { CHART } from './support/release.js';
import { RELEASE, type Scenario, test } from './support/scenario.js';
import { staticAuth } from './support/static-store.js';

/** As the application's team keeps them: a password that needs quoting in a URL, keys of their own length. */
const SECRETS = {
  DB_HOST: 'postgres.example.com',
  DB_USER: 'app_user',
  DB_PASSWORD: 'p@ss/w:rd #1 $HOME "x"',
  DB_NAME: 'my_app_db',
  REDIS_URL: 'redis://cache.example.com:6379/0',
  JWT_SECRET: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978',
};
const CONFIG = { APP_ENV: 'stage', LOG_LEVEL: 'info', MY_API_URL: 'https://api.example.com/v1' };

function makeValues(scenario: Scenario): JsonObject {
  return {
    ...scenario.baseValues(),
    config: CONFIG,
    externalSecrets: {
      external: { path: '/{system}/{app}/{environment}/app' },
      billing: { data: { STRIPE_KEY: { path: '/{system}/{environment}/stripe', property: 'key' } } },
    },
    env: { DSN: 'stripe:$(STRIPE_KEY)' },
  };
}

interface Command {
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** The command line for a program of the release, with what AWS's own command line would be given. */
async function prepare(
  scenario: Scenario,
  program: readonly string[],
  flags: readonly string[] = [],
): Promise<Command> {
  await scenario.put('shop/stage/app', SECRETS);
  await scenario.put('stage/stripe', { key: 'sk-of-stripe' });
  const values = await makeTempFolder({ 'values.json': JSON.stringify(makeValues(scenario)) });
  const { endpointUrl = '', region, credentials } = scenario.cluster.parameterStore;
  const release = ['--chart', CHART, '--release', RELEASE, '--namespace', scenario.namespace];
  return {
    args: [
      SLUICE,
      'run',
      ...release,
      '-f',
      `${values}/values.json`,
      '--endpoint-url',
      endpointUrl,
      ...flags,
      '--',
      ...program,
    ],
    cwd: process.cwd(),
    env: {
      ...process.env,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
    },
  };
}

async function ask(
  url: string,
  init: RequestInit = {},
): Promise<{ status: number; body: Record<string, string> }> {
  const response = await fetch(url, init);
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

/** Runs a server of one of the samples, asks it what shows that every secret has arrived, and ends it by a signal. */
async function tryServer(command: Command, { port, release }: ReservedPort): Promise<void> {
  const { args, cwd, env } = command;
  await release();
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
    });
  }
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const died = new AbortController();
  child.once('exit', () => died.abort(new Error(`the server ended: ${printed}`)));
  const base = `http://127.0.0.1:${port}`;
  try {
    await waitUntil(async () => void (await ask(`${base}/healthz`)), {
      what: `${base} answers`,
      timeoutMs: 40_000,
      signal: died.signal,
    });
    const { body: config } = await ask(`${base}/api/config`);
    expect(config).toMatchObject({ environment: 'stage', cache: 'cache.example.com' });
    expect(config['api_url']).toBe('https://api.example.com/v1');
    expect(config['database']).toMatch(
      /^postgresql(\+asyncpg)?:\/\/app_user:\*\*\*@postgres\.example\.com\/my_app_db$/u,
    );

    const { body } = await ask(`${base}/api/token/ada`, { method: 'POST' });
    const [head, claims, signature] = (body['token'] ?? '').split('.');
    const expected = createHmac('sha256', SECRETS.JWT_SECRET).update(`${head}.${claims}`).digest('base64url');
    expect(signature).toBe(expected);
    const me = await ask(`${base}/api/me`, { headers: { authorization: `Bearer ${body['token']}` } });
    expect(me).toEqual({ status: 200, body: { subject: 'ada' } });
    const forged = await ask(`${base}/api/me`, {
      headers: { authorization: `Bearer ${head}.${claims}.AAAA` },
    });
    expect(forged.status).toBe(401);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  // uvicorn ends itself by the signal once it has closed everything; the Node sample exits.
  expect([0, 143]).toContain(await ended);
  for (const secret of [SECRETS.DB_PASSWORD, SECRETS.JWT_SECRET]) expect(printed).not.toContain(secret);
}

describe('a program under sluice run', () => {
  test('has exactly the environment that the operator and Kubernetes give to the pod', async ({
    scenario,
  }) => {
    const print = 'process.stdout.write(JSON.stringify(process.env))';
    const { args, cwd, env } = await prepare(scenario, [process.execPath, '-e', print]);
    const { stdout } = await runCommand(process.execPath, args, { cwd, env });
    const { PATH, HOME, USER, LOGNAME, SHELL, TERM, COLORTERM, LANG, LANGUAGE, TZ, TMPDIR, ...own } =
      JSON.parse(stdout) as Record<string, string>;
    const expected = Object.fromEntries(Object.entries(own).filter(([name]) => !name.startsWith('LC_')));
    expect(expected).toEqual({
      ...CONFIG,
      ...SECRETS,
      STRIPE_KEY: 'sk-of-stripe',
      DSN: 'stripe:sk-of-stripe',
    });

    await scenario.install(makeValues(scenario));
    await scenario.synced('external');
    await scenario.synced('billing');
    expect(await scenario.environmentDifferences(expected)).toEqual([]);
  });

  test('has the secrets of Secrets Manager, those behind a prefix of its store, too', async ({
    scenario,
  }) => {
    const { namespace, region } = scenario;
    const put = async (name: string, text: string): Promise<void> =>
      void (await scenario.put(name, text, 'SecretsManager'));
    await put('stage/db', '{"password":"one","port":5432}');
    const store = { service: 'SecretsManager', region, auth: staticAuth() };
    const values = {
      ...scenario.baseValues(),
      secretStores: { vault: { aws: { ...store, prefix: `/${namespace}/` } } },
      secretStoreRef: { name: 'vault', kind: 'SecretStore' },
      externalSecrets: {
        db: { data: { DB_PASSWORD: { path: 'stage/db', property: 'password' } } },
        all: { path: 'stage/db' },
      },
    };
    const folder = await makeTempFolder({ 'values.json': JSON.stringify(values) });
    const { args, cwd, env } = await prepare(scenario, ['sh', '-c', 'echo "$DB_PASSWORD $password $port"']);
    const own = args.map((argument) =>
      argument.endsWith('/values.json') ? `${folder}/values.json` : argument,
    );
    expect((await runCommand(process.execPath, own, { cwd, env })).stdout).toBe('one one 5432\n');

    await scenario.install(values);
    await scenario.synced('db');
    await scenario.synced('all');
    expect(
      await scenario.environmentDifferences({ DB_PASSWORD: 'one', password: 'one', port: '5432' }),
    ).toEqual([]);
  });

  test('is not started while a parameter is not there, and then gets it', async ({ scenario }) => {
    const { args, cwd, env } = await prepare(scenario, ['sh', '-c', 'printf %s "$STRIPE_KEY" | wc -c']);
    await scenario.removeParameter('stage/stripe');
    const without = await runCommand(process.execPath, args, { cwd, env, acceptedExitCodes: [1] });
    expect(without.stdout).toBe('');
    expect(without.stderr).toMatch(/STRIPE_KEY: .*\/stage\/stripe › key is not in the store/u);
    expect(without.stderr).not.toContain(SECRETS.JWT_SECRET);
    await scenario.put('stage/stripe', { key: 'sk-of-stripe' });
    expect((await runCommand(process.execPath, args, { cwd, env })).stdout.trim()).toBe('12');
  });

  test('a Node server finds its configuration and its secrets', async ({ scenario }) => {
    const port = await reservePort();
    const program = [process.execPath, 'docs/samples/node/server.mjs', String(port.port)];
    await tryServer(await prepare(scenario, program), port);
  });
});

describe('a FastAPI application with pydantic-settings under sluice run', () => {
  let python: string;
  beforeAll(async () => {
    python = await installFastApiSample();
  }, 300_000);

  const flags = ['--pass', 'PYTHONDONTWRITEBYTECODE'];

  test('finds its configuration and its secrets', async ({ scenario }) => {
    const port = await reservePort();
    const program = [
      python,
      '-m',
      'uvicorn',
      '--app-dir',
      FASTAPI_SAMPLE,
      'app.main:app',
      '--port',
      String(port.port),
    ];
    const command = await prepare(scenario, program, flags);
    await tryServer({ ...command, env: { ...command.env, PYTHONDONTWRITEBYTECODE: '1' } }, port);
  });

  test('makes a URL of SQLAlchemy in which the password is the one in the store', async ({ scenario }) => {
    const code = `import sys; sys.path.insert(0, ${JSON.stringify(FASTAPI_SAMPLE)})
from app.settings import settings
print(settings.database_url.password == settings.db_password.get_secret_value(), len(settings.database_url.password))
print(settings)`;
    const { args, cwd, env } = await prepare(scenario, [python, '-B', '-c', code]);
    const { stdout } = await runCommand(process.execPath, args, { cwd, env });
    expect(stdout).toMatch(new RegExp(`^True ${SECRETS.DB_PASSWORD.length}\n`, 'u'));
    for (const secret of [SECRETS.DB_PASSWORD, SECRETS.JWT_SECRET]) expect(stdout).not.toContain(secret);
  });

  test('says what is missing by name where it is run without', async ({ scenario }) => {
    const code = `import sys; sys.path.insert(0, ${JSON.stringify(FASTAPI_SAMPLE)}); import app.settings`;
    const { args, cwd, env } = await prepare(scenario, [python, '-B', '-c', code], ['--allow-missing']);
    const { JWT_SECRET: _left, ...others } = SECRETS;
    await scenario.put('shop/stage/app', others);
    const { stderr } = await runCommand(process.execPath, args, { cwd, env, acceptedExitCodes: [1] });
    expect(stderr).toMatch(/jwt_secret\n\s+Field required/iu);
    expect(stderr).not.toContain(SECRETS.DB_PASSWORD);
  });
});
