import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runScript } from '../../helpers/run-script.js';
import { CHART } from '../support/release.js';
import { useSharedCluster } from '../support/shared.js';

describe('ct install', () => {
  test('installs the chart with every file of chart/ci, tests it, and upgrades it from the one before', async () => {
    const { name } = await useSharedCluster();
    const { exitCode, stdout } = await runScript('run-ct-install.ts', ['--cluster', name]);
    process.stderr.write(stdout);
    const files = (await readdir(join(CHART, 'ci'))).filter((file) => file.endsWith('-values.yaml'));
    for (const file of files) {
      // From the chart before, and from itself.
      expect(stdout).toContain(`✓ ${file}: installed 1 ×, upgraded 2 ×, `);
    }
    expect(exitCode).toBe(0);
  }, 480_000);
});
