import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { reservePort } from '../../../harness/exec/reserve-port.js';
import { startProcess } from '../../../harness/exec/start-process.js';
import type { IamPolicy } from '../../../harness/secrets/iam/iam-policy.js';
import { findPython } from '../../../harness/toolchain/find-python.js';
import { installPythonEnvironment } from '../../../harness/toolchain/python-environment.js';

/** Access keys of the store. */
export interface StoreKeys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A store that allows nobody but its owner anything that no policy allows. */
export interface IamStore extends AsyncDisposable {
  endpointUrl: string;
  region: string;
  /** May do everything. */
  owner: StoreKeys;
  /** Makes somebody who may do nothing yet. */
  addUser(name: string): Promise<StoreKeys>;
  /** From now on the user may do this and nothing else. */
  allow(name: string, policy: IamPolicy): Promise<void>;
}

const REGION = 'us-east-1';
const OWNER: StoreKeys = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Starts one; LocalStack and moto enforce no policies, or only some. */
export async function startIamStore(): Promise<IamStore> {
  const python = await findPython({ minors: [13, 12, 11, 10] });
  if (Array.isArray(python)) throw new Error(`no Python: ${python.join('; ')}`);
  const program = await installPythonEnvironment({
    name: 'ministack',
    version: '1.5.33',
    module: 'ministack',
    requirements: resolve('harness/toolchain/python/ministack.txt'),
    expectedSeconds: 10,
    python,
  });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-e2e-iam-'));
  const port = await reservePort();
  const endpointUrl = `http://127.0.0.1:${port.port}`;
  await port.release();
  const server = await startProcess({
    name: 'ministack',
    file: program,
    args: ['-m', 'ministack'],
    logFile: join(folder, 'log'),
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port.port),
      SERVICES: 'ssm,iam,sts,kms,secretsmanager',
      IOT_MTLS_ENABLED: '0',
      HOME: folder,
      TMPDIR: folder,
    },
    graceMs: 1000,
  });
  await server.waitFor(async (signal) => await askForHealth(endpointUrl, signal), {
    what: 'ministack answers',
    timeoutMs: 60_000,
  });
  const client = new IAMClient({ region: REGION, endpoint: endpointUrl, credentials: OWNER });
  return {
    endpointUrl,
    region: REGION,
    owner: OWNER,
    addUser: async (name) => {
      await client.send(new CreateUserCommand({ UserName: name }));
      const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: name }));
      return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
    },
    allow: async (name, policy) => {
      const PolicyDocument = JSON.stringify(policy);
      const command = new PutUserPolicyCommand({ UserName: name, PolicyName: 'least', PolicyDocument });
      await client.send(command);
    },
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function askForHealth(endpointUrl: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`${endpointUrl}/_ministack/health`, { signal });
  if (!response.ok) throw new Error(`${response.status}`);
}
