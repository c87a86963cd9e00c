import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take much longer than all others, the longest first: begun late, all would wait for them in the end. */
const LONGEST = [
  ...['ct-install', 'environment-property', 'rollout', 'restart', 'kind-faults', 'kind-host'],
  ...['cluster-life', 'faults', 'existing-cluster', 'life', 'secrets-docs', 'secrets-writers'],
  ...['engine-difference', 'vitest-runs'],
].map((name) => `${name}.test.ts`);

/** Starts with the longest files, also where no earlier run has told which those are. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const order = (file: TestSpecification): number => {
      const at = LONGEST.indexOf(basename(file.moduleId));
      return at === -1 ? LONGEST.length : at;
    };
    // Groups run one after another, whatever their order in here.
    return usual.toSorted((a, b) => order(a) - order(b));
  }
}
