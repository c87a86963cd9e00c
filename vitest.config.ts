import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/e2e/support/longest-first.js';
import { PROVIDER_INDEPENDENT } from './test/e2e/support/provider-independent.js';

const isInKind = process.env['SLUICE_E2E_PROVIDER'] === 'kind';

const scenarios = {
  // The SDK says on Node 20 that its next major version will want another.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

/** Of the chart's own tests, where `SLUICE_CHART_COVERAGE` is set: all of the chart, but what is excepted with a reason. */
async function makeReporters() {
  const usual = process.env['SLUICE_TEST_JSON'] ? ['default', 'json'] : ['default'];
  if (!process.env['SLUICE_CHART_COVERAGE']) return { reporters: usual };
  const { ChartCoverage } = await import('./harness/vitest-reporter.js');
  const coverage = new ChartCoverage({
    thresholds: { branches: 100, functions: 100, values: 100, variation: 100 },
    exceptions: 'coverage-exceptions.yaml',
    reports: ['lcov', 'html'],
  });
  return { reporters: [...usual, coverage] };
}

export default defineConfig({
  test: {
    ...(await makeReporters()),
    globalSetup: ['test/helpers/global-setup.ts'],
    setupFiles: ['test/helpers/property-seed.ts'],
    // Tests run real programs, side by side; the limit is there for what hangs, and measures nothing.
    testTimeout: 60_000,
    // As for tests: hooks render charts, and the last teardown takes a cluster away. Where it is cut off, the cluster stays.
    hookTimeout: 120_000,
    teardownTimeout: 120_000,
    // Most of their time tests wait for the programs that they run: one worker leaves a core of two idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    // What files import is loaded once a worker: none replaces a module, and each puts back what it changes.
    isolate: false,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { extends: true, test: { name: 'chart', include: ['test/chart/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          ...scenarios,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/kind/**', 'test/e2e/kind-*.test.ts', ...(isInKind ? PROVIDER_INDEPENDENT : [])],
          globalSetup: ['test/e2e/support/shared-cluster.ts'],
          // A cluster of containers answers later than one of processes: there is more waiting to fill.
          ...(isInKind ? { maxWorkers: 3 } : {}),
        },
      },
      {
        extends: true,
        test: {
          ...scenarios,
          name: 'kind',
          include: ['test/e2e/kind/**/*.test.ts', 'test/e2e/kind-cluster.test.ts'],
          exclude: ['test/e2e/kind/restart.test.ts', 'test/e2e/kind/docker-engine.test.ts'],
          globalSetup: ['test/e2e/support/shared-cluster.ts'],
          // Most of their time they wait for pods.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...scenarios,
          name: 'kind-restart',
          // One takes the node down, after all that need it; beside it are those that need only clusters of their own.
          include: [
            'test/e2e/kind/restart.test.ts',
            'test/e2e/kind-faults.test.ts',
            'test/e2e/kind-host.test.ts',
            'test/e2e/kind-beside.test.ts',
          ],
          globalSetup: ['test/e2e/support/shared-cluster.ts'],
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...scenarios,
          name: 'kind-engine',
          // Alone: it looks at what the whole machine has.
          include: ['test/e2e/kind/docker-engine.test.ts'],
          globalSetup: ['test/e2e/support/shared-cluster.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
