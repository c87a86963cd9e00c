{{/* The rules of the Role: its own Secrets by name, then the further ones. Empty when there is nothing to allow. */}}
{{- define "app.rules" -}}
{{- $rbac := .root.Values.rbac -}}
{{- $names := list -}}
{{- if ne (toString $rbac.readSecrets) "false" -}}
{{- range .sources -}}{{- if and (eq .kind "Secret") .owned -}}{{- $names = append $names .name -}}{{- end -}}{{- end -}}
{{- end -}}
{{- with $names | uniq | sortAlpha }}
- apiGroups: [""]
  resources: [secrets]
  resourceNames:
    {{- range . }}
    - {{ include "app.mapKey" . }}
    {{- end }}
  verbs: [get]
{{- end }}
{{- with $rbac.rules }}
{{ include "app.yaml" . }}
{{- end }}
{{- end }}
