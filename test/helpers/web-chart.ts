import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll } from 'vitest';
import { type Release, renderChart } from '../../harness/index.js';

const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'values.yaml': 'config: {LOG_LEVEL: info}\nreplicas: 2\nfail: ""\nsecret: hunter2\n',
  'templates/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: web-config}
data: {{ .Values.config | toJson }}
`,
  'templates/secret.yaml': `apiVersion: v1
kind: Secret
metadata: {name: web-secret}
stringData: {PASSWORD: {{ .Values.secret }}}
`,
  'templates/external.yaml': `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: web-external}
spec:
  refreshInterval: 1h0m0s
  secretStoreRef: {name: aws-parameter-store, kind: ClusterSecretStore}
  target: {name: web-external, creationPolicy: Owner, deletionPolicy: Retain}
  dataFrom:
    - extract: {key: /platform/web/prod/app, conversionStrategy: Default, decodingStrategy: None, metadataPolicy: None}
`,
  'templates/deployment.yaml': `{{ if .Values.fail }}{{ fail .Values.fail }}{{ end -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app.kubernetes.io/name: web}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          image: registry.example.com/web:1
          envFrom:
            - configMapRef: {name: web-config}
            - secretRef: {name: web-secret}
            - secretRef: {name: web-external}
          env:
            - {name: URL, value: "https://$(LOG_LEVEL).example.com"}
            - {name: LOG_LEVEL, value: debug}
            - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
`,
};

/** A small chart, for every test of a file, with one release of it. */
export interface WebChart {
  /** Folder of the chart. */
  chart: string;
  /** Rendered with `prod.yaml`: three replicas, another log level. */
  release: Release;
}

// As long as a test has: the render may have to wait for a processor, and what hooks have else is ten seconds.
const READY_WITHIN_MS = 60_000;

/** Writes and renders the chart before the file's tests and removes it after them. */
export function useWebChart(): WebChart {
  const web = {} as WebChart;
  beforeAll(async () => {
    web.chart = await mkdtemp(join(tmpdir(), 'sluice-matchers-'));
    for (const [name, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(web.chart, name)), { recursive: true });
      await writeFile(join(web.chart, name), text);
    }
    await writeFile(join(web.chart, 'prod.yaml'), 'replicas: 3\nconfig:\n  LOG_LEVEL: warning-in-prod\n');
    web.release = await renderChart({ chart: web.chart, valuesFiles: [join(web.chart, 'prod.yaml')] });
    return async () => await rm(web.chart, { recursive: true, force: true });
  }, READY_WITHIN_MS);
  return web;
}
