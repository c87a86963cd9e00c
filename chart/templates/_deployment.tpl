{{/*
A Deployment: (dict "ctx" CONTEXT "spec" SPEC "name" NAME "component" TEXT "at" PLACE "labels" MAP "annotations" MAP).
*/}}
{{- define "app.deployment" -}}
{{- $spec := .spec -}}
{{- $reloader := dict -}}
{{- include "app.reloader" (dict "ctx" .ctx "spec" $spec "into" $reloader) -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "app.metadata" (dict "ctx" .ctx "name" .name "component" .component "labels" (list .labels) "annotations" (list $reloader .annotations) "wave" "0" "at" (.at | default "deployment")) | nindent 2 }}
spec:
  {{- if not (($spec.autoscaling).enabled) }}
  replicas: {{ ternary 1 $spec.replicaCount (kindIs "invalid" $spec.replicaCount) | int64 }}
  {{- end }}
  {{- range $key := list "revisionHistoryLimit" "minReadySeconds" "progressDeadlineSeconds" }}
  {{- $value := index $spec $key }}
  {{- /* The API server drops minReadySeconds 0, which GitOps tools would report as drift. */}}
  {{- if not (or (kindIs "invalid" $value) (and (eq $key "minReadySeconds") (eq (int64 $value) 0))) }}
  {{ $key }}: {{ int64 $value }}
  {{- end }}
  {{- end }}
  {{- with $spec.strategy }}
  strategy:
    {{- include "app.yaml" . | nindent 4 }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "app.stringMap" (dict "map" (merge (dict "app.kubernetes.io/component" .component) .ctx.selector)) | nindent 6 }}
  template:
    {{- include "app.podTemplate" (dict "ctx" .ctx "spec" $spec "component" .component "at" .at "checksum" true) | nindent 4 }}
{{- end }}
