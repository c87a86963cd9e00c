{{/* The spec of a Job: (dict "ctx" CONTEXT "spec" SPEC "job" MAP "component" TEXT "at" PLACE). */}}
{{- define "app.jobSpec" -}}
{{- $job := .job -}}
backoffLimit: {{ ternary 3 $job.backoffLimit (kindIs "invalid" $job.backoffLimit) | int64 }}
{{- range $key := list "activeDeadlineSeconds" "ttlSecondsAfterFinished" "completions" "parallelism" }}
{{- $value := index $job $key }}
{{- if not (kindIs "invalid" $value) }}
{{ $key }}: {{ int64 $value }}
{{- end }}
{{- end }}
template:
  {{- include "app.podTemplate" (dict "ctx" .ctx "spec" .spec "component" .component "at" .at "restartPolicy" ($job.restartPolicy | default "Never")) | nindent 2 }}
{{- end }}
