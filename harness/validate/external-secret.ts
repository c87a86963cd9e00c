import { joinPointer } from '../manifest/json-pointer.js';
import type { JsonObject, Manifest } from '../manifest/manifest.js';
import { readName, readObject, readObjects } from '../manifest/read-json.js';
import { readGroup } from '../manifest/workloads.js';
import { parseGoDuration } from './go-duration.js';
import type { RuleContext } from './rule-context.js';

/** The operator's own default. Source: its CustomResourceDefinition. */
const DEFAULT_INTERVAL = '1h';

/** The parts of an ExternalSecret that rules look at. */
export interface ExternalSecretParts {
  manifest: Manifest;
  spec: JsonObject;
  target: JsonObject | undefined;
  template: JsonObject | undefined;
  /** In milliseconds; 0 is never again; undefined where the text is no duration. */
  intervalMs: number | undefined;
  /** Entries of `data`, with their pointers. */
  data: readonly { item: JsonObject; pointer: string }[];
  /** Entries of `dataFrom`, with their pointers. */
  dataFrom: readonly { item: JsonObject; pointer: string }[];
}

/** All ExternalSecrets of a release, in order. */
export function listExternalSecrets({ index }: RuleContext): ExternalSecretParts[] {
  return index
    .ofKind('ExternalSecret')
    .filter(({ object }) => readGroup(object.apiVersion) === 'external-secrets.io')
    .map((manifest) => {
      const spec = readObject(manifest.object, 'spec') ?? {};
      const target = readObject(spec, 'target');
      const list = (key: string) =>
        readObjects(spec, key).map(({ item, index: position }) => ({
          item,
          pointer: joinPointer('/spec', key, position),
        }));
      return {
        manifest,
        spec,
        target,
        template: readObject(target, 'template'),
        intervalMs: readInterval(spec),
        data: list('data'),
        dataFrom: list('dataFrom'),
      };
    });
}

function readInterval(spec: JsonObject): number | undefined {
  if (spec['refreshPolicy'] === 'CreatedOnce' || spec['refreshPolicy'] === 'OnChange') return 0;
  return parseGoDuration(readName(spec, 'refreshInterval') ?? DEFAULT_INTERVAL);
}
