/** `error`: it will not work, or must not be done. `warning`: it probably is not what was meant. `info`: worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

/** A place in a values file. */
export interface ValuesPlace {
  /** As the user named it. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  /** As `helm --set` writes it: `config.LOG_LEVEL`, `tolerations[0].key`, `podAnnotations.example\.com/a`. */
  path: string;
}

/** A place in the rendered text. */
export interface TemplatePlace {
  /** Path that Helm prints; empty where the text did not come from Helm. */
  template: string;
  /** Line in the whole rendered text, from 1. */
  line: number;
}

/** One finding. Its texts hold names, lengths and positions, never a secret value. */
export interface Issue {
  /** Stable id; docs/rules.md describes each. */
  rule: string;
  severity: Severity;
  /** `Kind/name`; empty for findings about values files and options. */
  object: string;
  /** As the object names it; undefined where it leaves the namespace to the release. */
  namespace?: string;
  /** JSON pointer into the object; empty for the whole object. */
  pointer: string;
  message: string;
  remedy: string;
  source?: TemplatePlace;
  /** The entry of a values file that caused it, where that can be known. */
  values?: ValuesPlace;
}
