import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RotationFiles } from '../../../harness/secrets/rotate/rotation-files.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const MANY = 20;

test.each([
  ['of a process that has ended', `${JSON.stringify({ pid: 4_194_305, start: 'ended' })}\n`],
  ['whose process is not told whole', '{"pid":1}\n'],
  ['that tells of no process', ''],
])('of many that come upon a lock %s one may rotate, and the others are told who does', async (_, left) => {
  const folder = await makeTempFolder({ 'rotations.lock': left });
  for (let round = 0; round < 5; round += 1) {
    const ends = await Promise.allSettled(
      Array.from({ length: MANY }, async () => await new RotationFiles(folder).lock()),
    );
    const held = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    expect(held).toHaveLength(1);
    for (const end of ends) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'ROTATION_RUNNING' });
    }
    await held[0]?.[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, 'rotations.lock'), left);
  }
});
