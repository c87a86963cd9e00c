import type { JsonObject } from '../../manifest/manifest.js';
import { readGroup } from '../../manifest/workloads.js';
import { bundleCrds, convertCrds } from './crd-bundle.js';
import { openSchemaBundle, type SchemaBundle } from './schema-bundle.js';
import { describeErrors, type SchemaViolation } from './schema-violation.js';
import { type CheckOutside, StructuralValidator } from './structural-validator.js';

/** The text of the schema files; `loadSchemas()` reads them. */
export interface SchemaTexts {
  readonly kubernetes: string;
  readonly custom: string;
}

/** What is known of a kind in one Kubernetes version. */
export type KindLookup =
  | { state: 'known'; validate: (object: JsonObject) => SchemaViolation[] }
  /** Its API group is known and does not have it; `instead` are `apiVersion`s that do, most stable first. */
  | {
      state: 'unavailable';
      by: 'kubernetes' | 'operator';
      instead: string[];
      kubernetesVersionsWithIt: string[];
    }
  | { state: 'unknown' };

interface SchemaSource {
  bundle: SchemaBundle;
  validator: StructuralValidator;
}

/** Where the kinds of a group that is gone went. Source: Kubernetes' deprecated API migration guide. */
const MOVED_GROUPS: Readonly<Record<string, readonly string[]>> = {
  extensions: ['apps', 'networking.k8s.io', 'policy'],
};

/**
 * The kinds that objects are checked against; of two sources that know a kind the later one wins.
 * Holds what was compiled: keep it for as long as there are objects to check.
 */
export class SchemaStore {
  readonly #sources: readonly SchemaSource[];

  private constructor(sources: readonly SchemaSource[]) {
    this.#sources = sources;
  }

  /** A store over the schemas that come with sluice. */
  static open(texts: SchemaTexts): SchemaStore {
    const kubernetes = openSchemaBundle(texts.kubernetes);
    const native: SchemaSource = {
      bundle: kubernetes,
      validator: new StructuralValidator(kubernetes, (data, pointer) =>
        checkObjectMeta(native)(data, pointer),
      ),
    };
    const custom = openSchemaBundle(texts.custom);
    return new SchemaStore([
      native,
      { bundle: custom, validator: new StructuralValidator(custom, checkObjectMeta(native)) },
    ]);
  }

  /** Kubernetes versions there are schemas for, oldest first, such as `1.36`. */
  get kubernetesVersions(): readonly string[] {
    return this.#sources[0]?.bundle.index.versions ?? [];
  }

  /** A store that also knows the kinds of these CustomResourceDefinitions; what is compiled stays shared. */
  withCrds(crds: readonly JsonObject[]): SchemaStore {
    const native = this.#sources[0];
    if (crds.length === 0 || !native) return this;
    const bundle = bundleCrds(convertCrds(crds));
    const validator = new StructuralValidator(bundle, checkObjectMeta(native));
    return new SchemaStore([...this.#sources, { bundle, validator }]);
  }

  /** What is known of a kind in a Kubernetes version. */
  lookUp(apiVersion: string, kind: string, kubernetesVersion: string): KindLookup {
    const name = `${apiVersion} ${kind}`;
    for (const { bundle, validator } of this.#sources.toReversed()) {
      const number = findDefinition(bundle, name, kubernetesVersion);
      if (number !== undefined)
        return { state: 'known', validate: (object) => describeErrors(validator.check(number, object)) };
      if (bundle.index.unserved.includes(name)) break;
    }
    return this.#explainMissing(apiVersion, kind, kubernetesVersion);
  }

  /** Names of all kinds that some `apiVersion` of a Kubernetes version has, for "did you mean". */
  listKinds(kubernetesVersion: string): string[] {
    const names = this.#sources.flatMap(({ bundle }) =>
      Object.keys(bundle.index.kinds).filter(
        (name) => findDefinition(bundle, name, kubernetesVersion) !== undefined,
      ),
    );
    return [...new Set(names)].sort();
  }

  #explainMissing(apiVersion: string, kind: string, kubernetesVersion: string): KindLookup {
    const group = readGroup(apiVersion);
    const names = this.listKinds(kubernetesVersion);
    const groups = [group, ...(MOVED_GROUPS[group] ?? [])];
    const instead = names
      .map((name) => name.split(' ') as [string, string])
      .filter(([known, knownKind]) => knownKind === kind && groups.includes(readGroup(known)))
      .map(([known]) => known)
      .sort(compareStability);
    const isKnownGroup = MOVED_GROUPS[group] !== undefined || names.some((name) => readGroup(name) === group);
    if (!isKnownGroup) return { state: 'unknown' };
    const native = this.#sources[0]?.bundle.index.kinds ?? {};
    const isNative = groups.some((known) => Object.keys(native).some((name) => readGroup(name) === known));
    const row = native[`${apiVersion} ${kind}`] ?? [];
    const kubernetesVersionsWithIt = this.kubernetesVersions.filter(
      (_, position) => typeof row[position] === 'number',
    );
    return {
      state: 'unavailable',
      by: isNative ? 'kubernetes' : 'operator',
      instead,
      kubernetesVersionsWithIt,
    };
  }
}

function checkObjectMeta({ bundle, validator }: SchemaSource): CheckOutside {
  return (data, pointer) => validator.check(bundle.index.objectMeta ?? -1, data, pointer);
}

function findDefinition(
  { index }: SchemaBundle,
  name: string,
  kubernetesVersion: string,
): number | undefined {
  const numbers = Object.hasOwn(index.kinds, name) ? index.kinds[name] : undefined;
  const position = index.versions.length === 0 ? 0 : index.versions.indexOf(kubernetesVersion);
  return numbers?.[position] ?? undefined;
}

/** `v2`, `v1`, `v1beta2`, `v1beta1`, `v1alpha1`: Kubernetes' own order of preference. */
function compareStability(left: string, right: string): number {
  return rank(right) - rank(left) || (left < right ? -1 : 1);
}

function rank(apiVersion: string): number {
  const match = /v(\d+)(?:(alpha|beta)(\d+))?$/u.exec(apiVersion);
  if (!match) return 0;
  const stage = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return stage * 1e6 + Number(match[1]) * 1e3 + Number(match[3] ?? 0);
}
