{{/* Checksums over what the chart itself renders into the environment: (dict "ctx" CONTEXT "into" DICT). */}}
{{- define "app.checksums" -}}
{{- $root := .ctx.root -}}
{{- if eq (toString (($root.Values.rollout).onConfigChange)) "true" -}}
{{- with include "app.configData" $root -}}{{- $_ := set $.into "checksum/config" (sha256sum .) -}}{{- end -}}
{{- with include "app.inlineData" $root -}}{{- $_ := set $.into "checksum/inline-secrets" (sha256sum .) -}}{{- end -}}
{{- end -}}
{{- end }}

{{/* The content of all inline Secrets that pods get. */}}
{{- define "app.inlineData" -}}
{{- range $key, $entry := .Values.inlineSecrets -}}
{{- with include "app.stringMap" (dict "map" ($entry).data "at" (printf "inlineSecrets.%s.data" $key)) }}
{{ $key }}:{{ . | nindent 2 }}
{{- end -}}
{{- end -}}
{{- end }}

{{/*
Annotations that let Reloader roll a workload out: (dict "ctx" CONTEXT "spec" SPEC "own" MAP "into" DICT). They name
exactly the Secrets its pods use, other than those whose content a checksum covers, and ConfigMaps of others.
*/}}
{{- define "app.reloader" -}}
{{- $ctx := .ctx -}}
{{- $values := .ctx.root.Values -}}
{{- $spec := .spec -}}
{{- if eq (toString (($values.rollout).onSecretChange)) "reloader" -}}
{{- $checksum := eq (toString (($values.rollout).onConfigChange)) "true" -}}
{{- $secrets := dict -}}
{{- $maps := dict -}}
{{- $covered := dict -}}
{{- range $ctx.sources -}}
{{- if .rendered -}}{{- $_ := set $covered (print .kind .name) true -}}{{- end -}}
{{- end -}}
{{- $common := ne (toString $spec.inheritEnv) "false" -}}
{{- $anyCommon := $common -}}
{{- $envs := list (dict "common" $common "own" $spec.env) -}}
{{- range $kind := list "initContainers" "sidecars" -}}
{{- range index $spec $kind -}}
{{- if . -}}
{{- $inherits := eq $kind "initContainers" -}}
{{- if kindIs "bool" .inheritEnv -}}{{- $inherits = .inheritEnv -}}{{- end -}}
{{- $anyCommon = or $anyCommon $inherits -}}
{{- $envs = append $envs (dict "common" $inherits "own" .env) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $ctx.sources -}}
{{- if and $anyCommon (or .env .files) -}}
{{- if eq .kind "Secret" -}}{{- $_ := set $secrets .name true -}}{{- else -}}{{- $_ := set $maps .name true -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- range $envs -}}
{{- $merged := dict -}}
{{- include "app.mergeEnv" (dict "ctx" $ctx "common" .common "own" .own "at" "env" "into" $merged) -}}
{{- range $merged -}}
{{- if kindIs "map" .value -}}
{{- with .value.secret -}}{{- $_ := set $secrets .name true -}}{{- end -}}
{{- with .value.configMap -}}{{- $_ := set $maps .name true -}}{{- end -}}
{{- with .value.externalSecret -}}
{{- $ref := . -}}
{{- range $ctx.sources -}}{{- if and (eq .group "externalSecrets") (eq .key $ref.name) -}}{{- $_ := set $secrets .name true -}}{{- end -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $spec.volumes -}}
{{- with .secret -}}{{- with .secretName -}}{{- $_ := set $secrets . true -}}{{- end -}}{{- end -}}
{{- with .configMap -}}{{- with .name -}}{{- $_ := set $maps . true -}}{{- end -}}{{- end -}}
{{- with .projected -}}
{{- range .sources -}}
{{- with .secret -}}{{- $_ := set $secrets .name true -}}{{- end -}}
{{- with .configMap -}}{{- $_ := set $maps .name true -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $checksum -}}
{{- range keys $secrets -}}{{- if hasKey $covered (print "Secret" .) -}}{{- $_ := unset $secrets . -}}{{- end -}}{{- end -}}
{{- end -}}
{{- range keys $maps -}}{{- if hasKey $covered (print "ConfigMap" .) -}}{{- $_ := unset $maps . -}}{{- end -}}{{- end -}}
{{- if $secrets -}}{{- $_ := set .into "secret.reloader.stakater.com/reload" (keys $secrets | sortAlpha | join ",") -}}{{- end -}}
{{- if $maps -}}{{- $_ := set .into "configmap.reloader.stakater.com/reload" (keys $maps | sortAlpha | join ",") -}}{{- end -}}
{{- end -}}
{{- end }}
