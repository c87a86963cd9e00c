import { makeTempFolder } from './temp-folder.js';

/** Files of a chart that renders one ConfigMap from `.Values.data`. */
export const smallChartFiles: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: small\nversion: 0.1.0\n',
  'values.yaml': 'data:\n  COLOR: green\n',
  'templates/config.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-config\n  namespace: {{ .Release.Namespace }}\ndata: {{ .Values.data | toJson }}\n',
};

/** A chart of the running test's own. */
export async function makeSmallChart(files: Readonly<Record<string, string>> = {}): Promise<string> {
  return await makeTempFolder({ ...smallChartFiles, ...files });
}
