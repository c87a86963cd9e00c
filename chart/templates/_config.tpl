{{/* The data of the ConfigMap, every value quoted, a name a line. */}}
{{- define "app.configData" -}}
{{- include "app.stringMap" (dict "map" .Values.config "at" "config") -}}
{{- end }}
