{{/* A reference to a value in a Secret, or to a ServiceAccount: without what is not set. */}}
{{- define "app.compact" -}}
{{- $out := dict -}}
{{- range $key, $value := . -}}{{- if not (kindIs "invalid" $value) -}}{{- $_ := set $out $key $value -}}{{- end -}}{{- end -}}
{{- include "app.yaml" $out -}}
{{- end }}

{{/* The provider of a store, with the defaults that the operator fills in: (list CONTEXT STORE PLACE). */}}
{{- define "app.storeProvider" -}}
{{- $root := (index . 0).root -}}
{{- $store := index . 1 -}}
{{- $at := index . 2 -}}
{{- with $store.aws -}}
aws:
  service: {{ .service | default "ParameterStore" }}
  region: {{ required (printf "region is missing: %s.aws: it has no region. Set %s.aws.region." $at $at) .region | quote }}
  {{- with .role }}
  role: {{ quote . }}
  {{- end }}
  {{- with .externalID }}
  externalID: {{ quote . }}
  {{- end }}
  {{- with .prefix }}
  prefix: {{ include "app.path" (list $root . (printf "%s.aws.prefix" $at)) | quote }}
  {{- end }}
  {{- if kindIs "map" .auth }}{{- if or .auth.jwt .auth.secretRef }}
  {{- if and .auth.jwt .auth.secretRef }}
  {{- fail (printf "not one identity: %s.aws.auth: it has jwt and secretRef. Set exactly one of them, and an inherited one to null." $at) }}
  {{- end }}
  auth:
    {{- with .auth.jwt }}
    jwt:
      serviceAccountRef:
        {{- include "app.compact" .serviceAccountRef | nindent 8 }}
    {{- end }}
    {{- with .auth.secretRef }}
    secretRef:
      accessKeyIDSecretRef:
        {{- include "app.compact" .accessKeyId | nindent 8 }}
      secretAccessKeySecretRef:
        {{- include "app.compact" .secretAccessKey | nindent 8 }}
      {{- with .sessionToken }}
      sessionTokenSecretRef:
        {{- include "app.compact" . | nindent 8 }}
      {{- end }}
    {{- end }}
  {{- end }}{{- end }}
{{- end -}}
{{- with $store.kubernetes -}}
{{- $server := .server | default dict -}}
kubernetes:
  remoteNamespace: {{ include "app.path" (list $root (.remoteNamespace | default $root.Release.Namespace) (printf "%s.kubernetes.remoteNamespace" $at)) | quote }}
  server:
    url: {{ $server.url | default "https://kubernetes.default" | quote }}
    {{- if $server.caBundle }}
    caBundle: {{ quote $server.caBundle }}
    {{- else if $server.caProvider }}
    caProvider:
      {{- include "app.compact" $server.caProvider | nindent 6 }}
    {{- else }}
    caProvider:
      type: ConfigMap
      name: kube-root-ca.crt
      key: ca.crt
      {{- if $store.cluster }}
      namespace: {{ include "app.mapKey" $root.Release.Namespace }}
      {{- end }}
    {{- end }}
  {{- with .auth }}
  auth:
    {{- include "app.yaml" . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- with $store.vault -}}
{{- $vault := dict "version" "v2" -}}
{{- range $key, $value := . -}}{{- if not (kindIs "invalid" $value) -}}{{- $_ := set $vault $key $value -}}{{- end -}}{{- end -}}
{{- range $part := list "path" "namespace" -}}
{{- with index $vault $part -}}{{- $_ := set $vault $part (include "app.path" (list $root . (printf "%s.vault.%s" $at $part))) -}}{{- end -}}
{{- end -}}
{{- $auth := dict -}}
{{- range $method, $fields := .auth -}}
{{- $path := get (dict "kubernetes" "mountPath" "appRole" "path" "jwt" "path" "ldap" "path" "userPass" "path" "cert" "path") $method -}}
{{- if and $path (kindIs "map" $fields) -}}
{{- $full := dict $path (get (dict "kubernetes" "kubernetes" "appRole" "approle" "jwt" "jwt" "ldap" "ldap" "userPass" "userpass" "cert" "cert") $method) -}}
{{- range $key, $value := $fields -}}{{- if not (kindIs "invalid" $value) -}}{{- $_ := set $full $key $value -}}{{- end -}}{{- end -}}
{{- $_ := set $auth $method $full -}}
{{- else if not (kindIs "invalid" $fields) -}}
{{- $_ := set $auth $method $fields -}}
{{- end -}}
{{- end -}}
{{- $_ := set $vault "auth" $auth -}}
vault:
  {{- include "app.yaml" $vault | nindent 2 }}
{{- end -}}
{{- with $store.infisical -}}
infisical:
  hostAPI: {{ .hostAPI | default "https://app.infisical.com/api" | quote }}
  secretsScope:
    projectSlug: {{ quote .projectSlug }}
    environmentSlug: {{ include "app.path" (list $root (.environmentSlug | default "{environment}") (printf "%s.infisical.environmentSlug" $at)) | quote }}
    secretsPath: {{ include "app.path" (list $root (.secretsPath | default "/") (printf "%s.infisical.secretsPath" $at)) | quote }}
    recursive: {{ eq (toString .recursive) "true" }}
    expandSecretReferences: {{ ne (toString .expandSecretReferences) "false" }}
  auth:
    {{- include "app.yaml" .auth | nindent 4 }}
{{- end -}}
{{- end }}
