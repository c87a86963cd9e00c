import type { GenerateSpec } from '../generate/generate-spec.js';

/** A file that lists the variables of an application: one entry a variable. */
export interface Contract {
  /** Of the file, as it was named. */
  path: string;
  /** In the order of the file; a name is there once. */
  entries: readonly ContractEntry[];
}

/** What is agreed on one variable. */
export interface ContractEntry {
  name: string;
  description: string;
  /** True where the application does not work without it. Default false. */
  required: boolean;
  /** Heading under which people look for it, such as `Database`. */
  category: string | undefined;
  /** False for what may be read by anyone (`source: config`). Everything else is a secret. */
  secret: boolean;
  source: ContractSource | undefined;
  format: ContractFormat | undefined;
  /** As written: `90d`, `12h`, `4w`. */
  rotateEvery: string | undefined;
  /** `rotateEvery` as a length of time. */
  rotateEveryMs: number | undefined;
  /** An occasion for a new value beside the calendar, such as `on compromise`. For people. */
  rotateWhen: string | undefined;
  /** How a new value is made. Undefined: only people can, such as for an API key. */
  generate: GenerateSpec | undefined;
  /** What the application takes where the variable is not set; exactly as written. */
  default: string | undefined;
  /** Values of examples and developers' machines that must not reach any other. */
  insecureDefaults: readonly string[];
  /** `Kind/name` or name of the workloads that need it. Undefined: every one. */
  workloads: readonly string[] | undefined;
  /** Line of its name in the file, from 1. */
  line: number;
}

/** Where a variable's value is to come from. */
export type ContractSource =
  /** Plain configuration: a ConfigMap, or `env` itself. */
  | { kind: 'config' }
  /** A secret of the store; where it is, the chart says. */
  | { kind: 'secret' }
  /** This parameter or secret of the store, for what no chart tells. */
  | {
      kind: 'parameter';
      service: 'ParameterStore' | 'SecretsManager';
      /** May hold `{environment}`. */
      path: string;
      /** Name in the JSON at the path. Undefined: the whole value. */
      property: string | undefined;
    };

/** Formats with a name. */
export const FORMAT_NAMES = [
  'integer',
  'number',
  'boolean',
  'url',
  'email',
  'hostname',
  'port',
  'hex',
  'base64',
  'json',
  'pem',
  'uuid',
  'duration',
] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];

/** What a value has to look like; everything that is given must hold. */
export interface ContractFormat {
  type?: FormatName | undefined;
  /** Regular expression that has to be found in the value; `^` and `$` tie it to the ends. */
  pattern?: string | undefined;
  /** In characters. */
  minLength?: number | undefined;
  maxLength?: number | undefined;
  oneOf?: readonly string[] | undefined;
  /** Of a URL, such as `postgresql+asyncpg`. */
  schemes?: readonly string[] | undefined;
  /** Of a number. */
  minimum?: number | undefined;
  maximum?: number | undefined;
}
