import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lacksSysResource } from '../../../harness/docker/lacks-sys-resource.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

test.each([
  { bounding: '000001ffffffffff', lacks: false },
  { bounding: '000001fffeffffff', lacks: true },
  { bounding: '00000000a80425fb', lacks: true },
  { bounding: '0000000001000000', lacks: false },
])('a process bounded by $bounding lacks CAP_SYS_RESOURCE: $lacks', async ({ bounding, lacks }) => {
  const folder = await makeTempFolder({
    status: `Name:\tnode\nCapEff:\t0000000000000000\nCapBnd:\t${bounding}\n`,
  });
  expect(await lacksSysResource(join(folder, 'status'))).toBe(lacks);
});

test('a system that does not tell is taken to have it', async () => {
  expect(await lacksSysResource('/nowhere/status')).toBe(false);
});
