{{/* The application's name: {app} in secret paths. */}}
{{- define "app.name" -}}
{{ .Values.nameOverride | default .Release.Name }}
{{- end }}

{{/* What the names of all objects begin with. */}}
{{- define "app.fullname" -}}
{{- $name := .Values.nameOverride | default "" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride }}
{{- else if or (not $name) (contains $name .Release.Name) -}}
{{ .Release.Name }}
{{- else -}}
{{ printf "%s-%s" .Release.Name $name }}
{{- end -}}
{{- end }}

{{/*
A name of at most so many characters: (list NAME MAX). A longer one is cut and ends in a hash of the whole, so that
names which differ only behind the cut stay distinct. Every object and every reference to it goes through here.
*/}}
{{- define "app.limit" -}}
{{- $name := index . 0 -}}
{{- $max := index . 1 -}}
{{- if le (len $name) $max -}}
{{ $name }}
{{- else -}}
{{ printf "%s-%s" (regexReplaceAll "[-._]+$" (trunc (int (sub $max 9)) $name) "") (sha256sum $name | trunc 8) }}
{{- end -}}
{{- end }}

{{/*
A name that is one DNS label (Services, volumes): at most 63 characters, no dots, a letter first. A name that has to be
changed for it ends in a hash of what it was.
*/}}
{{- define "app.dnsLabel" -}}
{{- $label := . | replace "." "-" -}}
{{- if not (regexMatch "^[a-z]" $label) -}}{{- $label = printf "s-%s" $label -}}{{- end -}}
{{- if and (eq $label .) (le (len $label) 63) -}}
{{ $label }}
{{- else -}}
{{ printf "%s-%s" (regexReplaceAll "-+$" (trunc 54 $label) "") (sha256sum . | trunc 8) }}
{{- end -}}
{{- end }}

{{/* Name of the ExternalSecret, SealedSecret or Secret of an entry: (list FULLNAME KEY). */}}
{{- define "app.secretName" -}}
{{- include "app.limit" (list (printf "%s-%s" (index . 0) (index . 1)) 253) -}}
{{- end }}

{{- define "app.serviceAccountName" -}}
{{- $account := .root.Values.serviceAccount | default dict -}}
{{- if $account.name -}}
{{ $account.name }}
{{- else if $account.create -}}
{{ include "app.limit" (list .fullname 253) }}
{{- else -}}
default
{{- end -}}
{{- end }}

{{/*
What the templates of one file share, worked out once: include "app.context" with a dict that holds `root`; it fills in
fullname, name, selector, sources. The dict is the caller's own; .Values is never written to.
*/}}
{{- define "app.context" -}}
{{- $fullname := include "app.fullname" .root -}}
{{- $name := include "app.name" .root -}}
{{- $_ := set . "fullname" $fullname -}}
{{- $_ := set . "name" $name -}}
{{- $_ := set . "selector" (dict "app.kubernetes.io/name" (include "app.limit" (list $name 63)) "app.kubernetes.io/instance" (include "app.limit" (list .root.Release.Name 63))) -}}
{{- end }}

{{/* The same, with the sources of the environment. */}}
{{- define "app.workloadContext" -}}
{{- include "app.context" . -}}
{{- $_ := set . "sources" list -}}
{{- include "app.sources" . -}}
{{- end }}

{{/* A map of strings, sorted, names and values quoted as YAML needs it: (dict "map" MAP "at" PLACE). Sets `strings` in it. */}}
{{- define "app.stringMap" -}}
{{- $at := .at -}}
{{- $lines := list -}}
{{- range $key, $value := .map -}}
{{- if not (kindIs "invalid" $value) -}}
{{- if not (kindIs "string" $value) -}}{{- $value = include "app.scalar" (list $value (printf "%s.%s" $at $key)) -}}{{- end -}}
{{- $lines = append $lines (printf "%s: %q" (include "app.mapKey" $key) $value) -}}
{{- end -}}
{{- end -}}
{{- join "\n" $lines -}}
{{- end }}

{{/* A key or name as YAML reads it back: plain, or quoted where it would be taken for something else than a string. */}}
{{- define "app.mapKey" -}}
{{- if and (regexMatch "^[A-Za-z_][-A-Za-z0-9_./]*$" .) (not (regexMatch "^[eE][0-9]+$" .)) (not (has (lower .) (list "y" "n" "yes" "no" "on" "off" "true" "false" "null"))) -}}
{{ . }}
{{- else -}}
{{ quote . }}
{{- end -}}
{{- end }}

{{/*
The metadata of an object: (dict "ctx" CONTEXT "name" NAME "labels" [MAPS] "annotations" [MAPS] "component" TEXT "wave"
TEXT "cluster" BOOL "at" PLACE). Later maps win; the labels that selectors use win over all.
*/}}
{{- define "app.metadata" -}}
{{- $root := .ctx.root -}}
{{- $at := .at | default "labels" -}}
{{- $labels := dict -}}
{{- range prepend (.labels | default list) $root.Values.commonLabels -}}
{{- range $key, $value := . -}}{{- $_ := set $labels $key $value -}}{{- end -}}
{{- end -}}
{{- range $key, $value := .ctx.selector -}}{{- $_ := set $labels $key $value -}}{{- end -}}
{{- if .component -}}{{- $_ := set $labels "app.kubernetes.io/component" .component -}}{{- end -}}
{{- $_ := set $labels "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- $_ := set $labels "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_") -}}
{{- $annotations := dict -}}
{{- if and .wave (($root.Values.argocd).syncWaves) -}}{{- $_ := set $annotations "argocd.argoproj.io/sync-wave" .wave -}}{{- end -}}
{{- range prepend (.annotations | default list) $root.Values.commonAnnotations -}}
{{- range $key, $value := . -}}{{- $_ := set $annotations $key $value -}}{{- end -}}
{{- end -}}
name: {{ include "app.mapKey" .name }}
{{- if not .cluster }}
namespace: {{ include "app.mapKey" $root.Release.Namespace }}
{{- end }}
labels:
  {{- include "app.stringMap" (dict "map" $labels "at" $at) | nindent 2 }}
{{- with include "app.stringMap" (dict "map" $annotations "at" $at) }}
annotations:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}
