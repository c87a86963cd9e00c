import { parseManifests } from '../../harness/manifest/parse-manifests.js';
import { loadSchemas } from '../../harness/schemas/load-schemas.js';
import type { Issue } from '../../harness/validate/issue.js';
import { validate } from '../../harness/validate/validate.js';
import type { ValidateInput, ValidateOptions } from '../../harness/validate/validate-input.js';

export interface TryOptions extends Omit<ValidateOptions, 'schemas'> {
  values?: string;
  namespace?: string;
  chartCrds?: ValidateInput['chartCrds'];
}

/** All issues of some YAML. */
export function check(yaml: string, { values, namespace, chartCrds, ...options }: TryOptions = {}): Issue[] {
  return validate(
    {
      manifests: parseManifests(yaml),
      namespace,
      chartCrds,
      valuesSources: values === undefined ? [] : [{ file: 'values/prod.yaml', text: values }],
    },
    { schemas: loadSchemas(), ...options },
  );
}

/** `severity pointer: message` of what one rule says of some YAML. */
export function tell(rule: string, yaml: string, options?: TryOptions): string[] {
  return check(yaml, options)
    .filter((issue) => issue.rule === rule)
    .map(({ severity, pointer, message }) => `${severity} ${pointer}: ${message}`);
}

/** A Deployment whose container, pod and object have these YAML lines besides what is needed. */
export function deployment({ container = '', pod = '', spec = '', name = 'web' } = {}): string {
  const lines = (text: string, indent: number): string =>
    text === '' ? '' : `${text.trim().replaceAll(/^/gmu, ' '.repeat(indent))}\n`;
  return `---
# Source: app/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
${lines(spec, 2)}  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
${lines(pod, 6)}      containers:
        - name: main
          image: example.com/web:1
${lines(container, 10)}`;
}

/** An ExternalSecret with every default written out, and these lines of YAML in its spec. */
export function externalSecret({
  name = 'web-db',
  interval = '1h0m0s',
  target = '{creationPolicy: Owner, deletionPolicy: Retain}',
  store = 'aws-parameter-store',
  spec = `data: [${remote('PASSWORD', '/shop/prod/db')}]`,
} = {}): string {
  return `---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: ${name}
spec:
  refreshInterval: ${interval}
  secretStoreRef: {name: ${store}, kind: ClusterSecretStore}
  target: ${target}
${spec.replaceAll(/^/gmu, '  ')}
`;
}

/** One entry of `data`, as a flow map. */
export function remote(secretKey: string, key: string, more = ''): string {
  return `{secretKey: ${secretKey}, remoteRef: {key: ${key}, conversionStrategy: Default, decodingStrategy: None, metadataPolicy: None${more}}}`;
}
