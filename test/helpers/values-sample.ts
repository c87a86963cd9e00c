import { makeTempFolder } from './temp-folder.js';

/** A commented values file with every kind of annotation, small enough to be read at a glance. */
export const SAMPLE_VALUES = `# Values of a sample.

# @define duration
#   type: string
#   pattern: ^([0-9]+(h|m|s))+$
#   description: A duration such as 5m or 1h30m.
# @define secret
#   type: object
#   additionalProperties: false
#   description: A secret that is read from a store.
#   required: [path]
#   properties:
#     path: {type: string, description: Where it is kept.}
#     refreshInterval: {$ref: "#/$defs/duration", description: How often it is read., default: 1h}
#     policy:
#       enum: [Owner, Merge]
#       description: Who the Secret belongs to.
# @define k8s.ResourceRequirements
#   type: object
#   x-kubernetes: io.k8s.api.core.v1.ResourceRequirements

# -- How many pods run.
# @schema {minimum: 0}
replicaCount: 1

# -- The image.
image:
  # -- Where it is pulled from.
  # It goes on here.
  repository: ""
  # -- When it is pulled.
  # @schema
  #   enum: [Always, IfNotPresent]
  pullPolicy: IfNotPresent

# -- Environment variables that are no secrets.
# @schema {additionalProperties: {type: [string, number, boolean, "null"]}}
config: {}

# -- How often secrets are read again.
# @schema {$ref: "#/$defs/duration"}
refreshInterval: 1h

# -- Secrets by name.
# @schema
#   additionalProperties: {anyOf: [{$ref: "#/$defs/secret"}, {type: "null"}]}
secrets: {}

# -- What a container may use.
# @schema {$ref: "#/$defs/k8s.ResourceRequirements"}
resources:
  requests: {cpu: 100m}
`;

const TEMPLATE = `replicas: {{ .Values.replicaCount }}
image: {{ .Values.image.repository }} {{ .Values.image.pullPolicy }}
config: {{ toYaml .Values.config }}
secrets: {{ toYaml .Values.secrets }} {{ .Values.refreshInterval }}
resources: {{ toYaml .Values.resources }}
`;

const README = `# A chart

Said by a person.

<!-- values: generated from values.yaml -->
<!-- /values -->

Said by a person, too.
`;

/** A folder with a chart that files can be generated for; removed after the test. */
export async function createSampleRepository(values: string = SAMPLE_VALUES): Promise<string> {
  return await makeTempFolder({
    'chart/values.yaml': values,
    'chart/README.md': README,
    'chart/templates/deployment.yaml': TEMPLATE,
    'docs/.keep': '',
    'harness/.keep': '',
  });
}
