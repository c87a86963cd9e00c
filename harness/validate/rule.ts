import type { PathSegment } from '../manifest/json-pointer.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Severity } from './issue.js';
import type { RuleContext } from './rule-context.js';

/** What a rule reports; `validate()` adds where it stands. */
export interface Finding {
  /** Undefined for findings about the release as a whole. */
  manifest?: Manifest | undefined;
  /** JSON pointer into the manifest. */
  pointer: string;
  message: string;
  remedy: string;
  /** Where it differs from the rule's. */
  severity?: Severity;
  /** The values entry that caused it, where the rule knows it. */
  valuesPath?: readonly PathSegment[];
}

/** One check. Rules are pure, do not know each other, and report in the order of the manifests. */
export interface Rule {
  /** Stable; switched off by it. */
  readonly id: string;
  readonly severity: Severity;
  /** What must hold, in a few words. */
  readonly title: string;
  check(context: RuleContext): Finding[];
}
