import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, realpath, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '../../../../harness/exec/run-command.js';
import { findCacheFolder } from '../../../../harness/toolchain/cache-folder.js';
import { findProgram } from '../../../../harness/toolchain/find-program.js';
import { buildGoProgram } from '../../../../harness/toolchain/go-program.js';
import { makeOnce } from '../../../../harness/toolchain/make-once.js';
import { writeImageArchive } from './image-archive.js';

/** The sample application: one static program, which says what its process was given. */
export const SAMPLE_APP = { repository: 'registry.example.com/sample-app', tag: '1' };

/** Stands in for the image of that name, which chart/ci uses, where none can be pulled. */
export const SHELL_IMAGE = { repository: 'docker.io/library/busybox', tag: '1.36' };

const APP_FOLDER = join(import.meta.dirname, '..', '..', 'app');
/** What the scripts of chart/ci and of the chart's own test call that is no builtin of a shell. */
const TOOLS = ['sleep', 'mkdir'];

/**
 * Gives an archive with the images that scenarios run, made once: the sample application, and a shell for values that
 * name busybox.
 */
export async function ensureTestImages(onProgress?: (text: string) => void): Promise<string> {
  const program = await buildGoProgram({
    name: 'sample-app',
    version: '1',
    folder: APP_FOLDER,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const shell = await listShellFiles();
  const digest = createHash('sha256').update(await readFile(program));
  for (const [target, source] of shell) digest.update(target).update(await readFile(source));
  digest.update(await readFile(join(import.meta.dirname, 'image-archive.ts')));
  const key = digest.digest('hex').slice(0, 16);
  const folder = await makeOnce({
    folder: join(findCacheFolder(), 'test-images', key),
    make: async (draft) => {
      const appRoot = join(draft, 'app');
      await copyFiles([['/sample-app', program]], appRoot);
      const shellRoot = join(draft, 'shell');
      await copyFiles([...shell, ['/bin/sample-app', program]], shellRoot);
      await symlink('sample-app', join(shellRoot, 'bin', 'httpd'));
      await Promise.all([appRoot, shellRoot].map(makeTemporaryFolder));
      const images = [
        { name: formatImage(SAMPLE_APP), root: appRoot, entrypoint: ['/sample-app'] },
        { name: formatImage(SHELL_IMAGE), root: shellRoot, entrypoint: ['/bin/sh'] },
      ];
      await writeImageArchive(images, join(draft, 'parts'), join(draft, 'images.tar'));
    },
  });
  return join(folder, 'images.tar');
}

async function makeTemporaryFolder(root: string): Promise<void> {
  await mkdir(join(root, 'tmp'));
  // What mkdir is told is cut by the umask.
  await chmod(join(root, 'tmp'), 0o1777);
}

function formatImage({ repository, tag }: { repository: string; tag: string }): string {
  return `${repository}:${tag}`;
}

async function copyFiles(files: Iterable<readonly [string, string]>, root: string): Promise<void> {
  for (const [target, source] of files) {
    await mkdir(join(root, dirname(target)), { recursive: true });
    await copyFile(source, join(root, target));
  }
}

/** This machine's own shell and tools with the libraries that they load: place in the image to file here. */
async function listShellFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of ['sh', ...TOOLS]) {
    const path = await findProgram(name, process.env);
    if (path === undefined) throw new Error(`${name}: not on PATH`);
    files.set(`/bin/${name}`, await realpath(path));
    const { stdout } = await runCommand('ldd', [await realpath(path)], { acceptedExitCodes: [0, 1] });
    for (const [library] of stdout.matchAll(/\/\S+(?= \(0x)/gu)) files.set(library, await realpath(library));
  }
  return files;
}
