{{/* "true" when the release has a Service. */}}
{{- define "app.hasService" -}}
{{- if and (.Values.service).enabled (.Values.deployment).enabled -}}true{{- end -}}
{{- end }}

{{/* The name or number of a port, as YAML reads it back. */}}
{{- define "app.targetPort" -}}
{{- if kindIs "string" . -}}{{ include "app.mapKey" . }}{{- else -}}{{ int64 . }}{{- end -}}
{{- end }}

{{/* The paths of an Ingress's host as JSON: those that null did not take away, else everything. */}}
{{- define "app.ingressPaths" -}}
{{- $paths := dict -}}
{{- range $path, $options := .paths -}}{{- if not (kindIs "invalid" $options) -}}{{- $_ := set $paths $path $options -}}{{- end -}}{{- end -}}
{{- $paths | default (dict "/" dict) | toJson -}}
{{- end }}

{{/* The Service's port as an Ingress names it. */}}
{{- define "app.ingressPort" -}}
{{- if kindIs "string" . -}}
name: {{ include "app.mapKey" . }}
{{- else -}}
number: {{ int64 . }}
{{- end -}}
{{- end }}
