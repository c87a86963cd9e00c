import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** The first executable file called `name` on `PATH`, as a shell would find it; undefined where there is none. */
export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (name.includes('/') || isAbsolute(name)) {
    const path = resolve(name);
    return (await isExecutable(path)) ? path : undefined;
  }
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = resolve(join(folder, name));
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
