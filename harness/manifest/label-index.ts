import { matchesSelector } from './label-selector.js';
import type { JsonObject, Manifest } from './manifest.js';
import type { ManifestIndex } from './manifest-index.js';
import { readName, readStringMap } from './read-json.js';

/** An object with the labels that selectors look at: its own, or those of its pods. */
export interface Labelled {
  manifest: Manifest;
  labels: Readonly<Record<string, string>>;
}

/** Finds what a selector selects by looking only at objects that share its rarest label. */
export class LabelIndex<T extends Labelled> {
  readonly #all: readonly T[];
  readonly #byPair = new Map<string, T[]>();
  readonly #index: ManifestIndex;

  constructor(items: readonly T[], index: ManifestIndex) {
    this.#all = items;
    this.#index = index;
    for (const item of items) {
      for (const [key, value] of Object.entries(item.labels)) {
        const pair = `${key}=${value}`;
        const found = this.#byPair.get(pair);
        if (found === undefined) this.#byPair.set(pair, [item]);
        else found.push(item);
      }
    }
  }

  /** What a `LabelSelector` selects in a namespace (`'*'`: in all of them). */
  select(selector: JsonObject, namespace: string | undefined | '*'): T[] {
    let candidates: readonly T[] = this.#all;
    for (const [key, value] of Object.entries(readStringMap(selector, 'matchLabels'))) {
      const found = this.#byPair.get(`${key}=${value}`) ?? [];
      if (found.length < candidates.length) candidates = found;
    }
    return candidates.filter(
      ({ manifest, labels }) =>
        (namespace === '*' ||
          this.#index.isSameNamespace(readName(manifest.object.metadata, 'namespace'), namespace)) &&
        matchesSelector(selector, labels),
    );
  }
}
