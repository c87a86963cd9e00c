import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SluiceError } from '../../../harness/errors.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { findGoFor } from '../../../harness/toolchain/go-program.js';
import type { GoToolchain } from '../../../harness/toolchain/go-toolchain.js';
import {
  ensureKindProgram,
  ensurePinnedKind,
  KIND_VERSION,
  OFFICIAL_NODE_IMAGE,
} from '../../../harness/toolchain/kind-program.js';
import { findModuleFolder } from '../../../harness/toolchain/module-files.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

/** A PATH with a kind that says this, before everything else. */
async function putOnPath(script: string) {
  const folder = await makeTempFolder();
  const path = await writeFakeProgram(join(folder, 'kind'), script);
  return { path, env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` } };
}

describe('kind', () => {
  const folder = join(REPOSITORY, 'harness', 'toolchain', 'go', 'kind');
  let go: GoToolchain;
  let obstacle: string | undefined;

  // Built once for all: a minute where nothing of it is in Go's cache.
  beforeAll(async () => {
    try {
      go = await findGoFor(folder);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'GO_NOT_FOUND') throw error;
      obstacle = error.shortMessage;
      return;
    }
    await ensurePinnedKind();
  }, 600_000);

  beforeEach(({ skip }) => skip(obstacle !== undefined, obstacle));

  test.each(['0.30.0', '0.31.0', '1.0.0'])('%s on PATH is used', async (version) => {
    const { env, path } = await putOnPath(`echo ${version}`);
    expect(await ensureKindProgram({ env })).toEqual({ path, version, source: 'PATH' });
  });

  test.each([
    {
      what: 'too old',
      script: 'echo 0.29.0',
      told: 'kind 0.29.0 on PATH is older than 0.30.0: taking another',
    },
    { what: 'before the oldest that will do', script: 'echo 0.30.0-alpha', told: 'is older than 0.30.0' },
    { what: 'silent', script: 'true', told: 'does not tell its version: taking another' },
    { what: 'broken', script: 'exit 1', told: 'does not tell its version: taking another' },
  ])('one on PATH that is $what is passed over, and that is said', async ({ script, told }) => {
    const { env } = await putOnPath(script);
    const lines: string[] = [];
    const kind = await ensureKindProgram({ env, onProgress: (line) => lines.push(line) });
    expect(kind).toMatchObject({ version: KIND_VERSION, source: 'cache' });
    expect(lines.join('\n')).toContain(told);
  });

  test('of the cache is the release that is told, and has what nodes are made from', async () => {
    const { path, nodeFiles } = await ensurePinnedKind();
    expect((await runCommand(path, ['version', '--quiet'])).stdout.trim()).toBe(KIND_VERSION);
    expect(await readFile(join(nodeFiles, 'etc', 'containerd', 'config.toml'), 'utf8')).toContain(
      'sandbox_image',
    );
  });

  test('makes nodes of the image that is called the official one', async () => {
    const module = await findModuleFolder({ folder, module: 'sigs.k8s.io/kind', go });
    const source = await readFile(join(module, 'pkg/apis/config/defaults/image.go'), 'utf8');
    expect(source).toContain(`const Image = "${OFFICIAL_NODE_IMAGE}"`);
  });
});
