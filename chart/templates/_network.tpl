{{/* "true" when the release has a Service. */}}
{{- define "app.hasService" -}}
{{- if and (.Values.service).enabled (.Values.deployment).enabled -}}true{{- end -}}
{{- end }}

{{/* The name or number of a port, as YAML reads it back. */}}
{{- define "app.targetPort" -}}
{{- if kindIs "string" . -}}{{ include "app.mapKey" . }}{{- else -}}{{ int64 . }}{{- end -}}
{{- end }}

{{/* The Service's port as an Ingress names it. */}}
{{- define "app.ingressPort" -}}
{{- if kindIs "string" . -}}
name: {{ include "app.mapKey" . }}
{{- else -}}
number: {{ int64 . }}
{{- end -}}
{{- end }}
