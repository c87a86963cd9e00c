import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerEngine } from '../docker/docker-engine.js';
import { CommandError } from '../errors.js';
import { runCommand } from '../exec/run-command.js';
import { completeOptions, type ToolchainOptions } from '../toolchain/toolchain-options.js';
import { writeFileWhole } from '../toolchain/write-file-whole.js';

const PULL_WITHIN_MS = 15 * 60_000;

/** A registry that could not be reached is not asked again for this long: being refused can take a minute. */
const REMEMBERED_MS = 60 * 60_000;

// In the words of both ways in which engines keep images.
const ABSENT =
  /manifest unknown|not found|no matching manifest|pull access denied|repository does not exist/u;

export interface PullImageOptions extends ToolchainOptions {
  /** Asks the registry whatever is remembered of it: for an image that nothing can take the place of. Default false. */
  insist?: boolean;
}

/**
 * Makes an image known to an engine of this machine's: it has it, or it pulls it. False where it cannot.
 *
 * A registry that could not be reached is remembered for an hour, by engine; one that has not this image is not.
 */
export async function pullImage(
  engine: DockerEngine,
  reference: string,
  { insist = false, ...options }: PullImageOptions = {},
): Promise<boolean> {
  const { cacheFolder, onProgress, signal, run = runCommand } = completeOptions(options);
  const docker = async (args: readonly string[]) =>
    await run(engine.docker, args, {
      env: { ...process.env, ...engine.env },
      timeoutMs: PULL_WITHIN_MS,
      ...(signal ? { signal } : {}),
    });
  if ((await findFailure(docker(['image', 'inspect', reference]))) === undefined) return true;
  // An engine of our own is joined to this machine and to nothing else.
  if (engine.owned) return false;
  const { stdout: id } = await docker(['info', '--format', '{{.ID}}']);
  const memory = join(cacheFolder, 'docker', `${id.trim().replaceAll(/\W/gu, '_')}.json`);
  const failures = await readFailures(memory);
  const registry = nameRegistry(reference);
  if (!insist && Date.now() - (failures[registry] ?? 0) < REMEMBERED_MS) return false;
  onProgress?.(`pulling ${reference} (once)`);
  const failure = await findFailure(docker(['pull', '--quiet', reference]));
  if (failure === undefined) return true;
  onProgress?.(`${reference}: cannot be pulled: ${failure}`);
  // The registry has answered, and may have another.
  if (ABSENT.test(failure)) return false;
  await mkdir(join(cacheFolder, 'docker'), { recursive: true });
  await writeFileWhole(memory, JSON.stringify({ ...failures, [registry]: Date.now() }));
  return false;
}

// Its last line says why.
async function findFailure(command: Promise<unknown>): Promise<string | undefined> {
  try {
    await command;
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.stderr.trim().split('\n').at(-1) || error.shortMessage;
  }
}

async function readFailures(file: string): Promise<Record<string, number>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

/** The registry that a reference leads to, as Docker reads it. */
export function nameRegistry(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const isHost = rest.length > 0 && (/[.:]/u.test(first) || first === 'localhost');
  return isHost ? first : 'docker.io';
}
