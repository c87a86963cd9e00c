import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { SluiceError } from '../errors.js';
import { kubernetesYamlOptions } from '../manifest/kubernetes-yaml.js';
import type { Externals } from '../validate/validate-input.js';

/** Values files that are rendered together, under a release's name. */
export interface ProjectCase {
  values: string[];
  release?: string;
  namespace?: string;
}

/** What a repository says about itself once, in `sluice.yaml`, instead of at every call. */
export interface ProjectFile {
  chart?: string;
  release?: string;
  namespace?: string;
  /** Folder of the values files that `sluice check` takes when none is named. Default `values`. */
  values?: string;
  /** Renders by name, for files that belong together or have a release of their own. */
  cases?: Record<string, ProjectCase>;
  /** The contract of the application's variables. Default `contract.yaml`. */
  contract?: string;
  /** Kubernetes versions to validate for. */
  kubeVersions?: string[];
  /** Files of CustomResourceDefinitions that make further kinds known. */
  crds?: string[];
  /** Environments in which nothing is written without being told. Default `prod` and `production`. */
  protectedEnvironments?: string[];
  /** Rules switched off: id to reason. */
  disabledRules?: Record<string, string>;
  /** Names of objects that exist outside of the release. */
  externals?: Externals;
}

export const PROJECT_FILE = 'sluice.yaml';

/**
 * The `sluice.yaml` of a folder, its paths made absolute; empty where there is none.
 *
 * @throws SluiceError `PROJECT_FILE`, with file and line, for anything in it that is not known or not of its type;
 * exit code 2.
 */
export async function readProjectFile(folder: string): Promise<ProjectFile> {
  const path = join(folder, PROJECT_FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw refuse(path, error.message);
  });
  return text === undefined ? {} : await parseProjectFile(text, path);
}

async function parseProjectFile(text: string, path: string): Promise<ProjectFile> {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...kubernetesYamlOptions, lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw refuse(`${path}:${lines.linePos(broken.pos[0]).line}`, broken.message.split('\n')[0]);
  const value: unknown = document.toJS() ?? {};
  const { default: Ajv } = await import('ajv');
  const validate = new Ajv.default({ meta: false, validateSchema: false }).compile<ProjectFile>(
    projectSchema,
  );
  if (validate(value)) return resolvePaths(value, dirname(path));
  const [error] = validate.errors ?? [];
  const keys = (error?.instancePath ?? '').split('/').slice(1);
  const unknown = error?.params['additionalProperty'];
  const place = typeof unknown === 'string' ? [...keys, unknown] : keys;
  const node = document.getIn(place, true) as { range?: [number, number, number] } | undefined;
  const line = node?.range === undefined ? 1 : lines.linePos(node.range[0]).line;
  const what =
    typeof unknown === 'string' ? `${place.join('.')} is not known` : `${place.join('.')} ${error?.message}`;
  throw refuse(`${path}:${line}`, what);
}

function resolvePaths(project: ProjectFile, folder: string): ProjectFile {
  return {
    ...project,
    ...(project.chart === undefined ? {} : { chart: resolve(folder, project.chart) }),
    ...(project.values === undefined ? {} : { values: resolve(folder, project.values) }),
    ...(project.contract === undefined ? {} : { contract: resolve(folder, project.contract) }),
    ...(project.crds === undefined ? {} : { crds: project.crds.map((file) => resolve(folder, file)) }),
  };
}

const names = { type: 'array', items: { type: 'string' } } as const;
const text = { type: 'string', minLength: 1 } as const;

const projectSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    chart: text,
    release: text,
    namespace: text,
    values: text,
    contract: text,
    cases: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['values'],
        properties: { values: { ...names, minItems: 1 }, release: text, namespace: text },
      },
    },
    kubeVersions: { type: 'array', items: { type: 'string', pattern: '^1\\.\\d+$' } },
    crds: names,
    protectedEnvironments: names,
    disabledRules: { type: 'object', additionalProperties: text },
    externals: {
      type: 'object',
      additionalProperties: false,
      properties: {
        secrets: names,
        configMaps: names,
        serviceAccounts: names,
        persistentVolumeClaims: names,
        services: names,
        secretStores: names,
        others: names,
      },
    },
  },
};

function refuse(place: string, evidence: string | undefined): SluiceError {
  return new SluiceError({
    code: 'PROJECT_FILE',
    message: `${place}: not a project file that sluice understands`,
    ...(evidence === undefined ? {} : { evidence }),
    remedy: `It may hold: ${Object.keys(projectSchema.properties).join(', ')}.`,
    exitCode: 2,
  });
}
