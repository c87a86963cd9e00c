import { resolve } from 'node:path';
import { findPython } from '../../../harness/toolchain/find-python.js';
import { installPythonEnvironment } from '../../../harness/toolchain/python-environment.js';

/** Folder of the FastAPI application. */
export const FASTAPI_SAMPLE = resolve('docs/samples/fastapi');

/** Gives a Python that has what the FastAPI application needs, as its own requirements pin it. */
export async function installFastApiSample(): Promise<string> {
  const python = await findPython({ minors: [13, 12, 11] });
  if (Array.isArray(python)) throw new Error(`no Python: ${python.join('; ')}`);
  return await installPythonEnvironment({
    name: 'fastapi-sample',
    version: '1',
    module: 'fastapi, pydantic_settings, sqlalchemy, asyncpg, redis, jwt, uvicorn',
    requirements: resolve(FASTAPI_SAMPLE, 'requirements.txt'),
    expectedSeconds: 25,
    python,
  });
}
