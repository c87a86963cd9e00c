{{/* A reference to a value in a store, with the defaults that the operator fills in: (list ROOT REF PLACE KEY). */}}
{{- define "app.remoteRef" -}}
{{- $ref := index . 1 -}}
key: {{ include "app.path" (list (index . 0) (index . 3) (index . 2)) | quote }}
conversionStrategy: {{ $ref.conversionStrategy | default "Default" }}
decodingStrategy: {{ $ref.decodingStrategy | default "None" }}
metadataPolicy: {{ $ref.metadataPolicy | default "None" }}
{{- with $ref.property }}
property: {{ quote . }}
{{- end }}
{{- if not (kindIs "invalid" $ref.version) }}
{{- with include "app.scalar" (list $ref.version (printf "%s.version" (index $ 2))) }}
version: {{ quote . }}
{{- end }}
{{- end }}
{{- end }}

{{/* What a search below a path consists of: (list ROOT FIND PLACE). */}}
{{- define "app.find" -}}
{{- $root := index . 0 -}}
{{- $find := index . 1 -}}
{{- $at := index . 2 -}}
conversionStrategy: {{ $find.conversionStrategy | default "Default" }}
decodingStrategy: {{ $find.decodingStrategy | default "None" }}
{{- $tags := dict -}}
{{- range $name, $value := $find.tags -}}{{- if not (kindIs "invalid" $value) -}}{{- $_ := set $tags $name (include "app.path" (list $root $value (printf "%s.tags.%s" $at $name))) -}}{{- end -}}{{- end -}}
{{- $name := $find.name -}}
{{- if kindIs "map" $name -}}{{- $name = $name.regexp -}}{{- end -}}
{{- if and (not $name) (not $tags) -}}{{- $name = ".*" -}}{{- end }}
{{- with $name }}
name:
  regexp: {{ include "app.pathExpression" (list $root . (printf "%s.name" $at)) | quote }}
{{- end }}
{{- with $find.path }}
path: {{ include "app.path" (list $root . (printf "%s.path" $at)) | quote }}
{{- end }}
{{- with $tags }}
tags:
  {{- include "app.stringMap" (dict "map" . "at" (printf "%s.tags" $at)) | nindent 2 }}
{{- end }}
{{- end }}

{{/* A list of rewrites with the defaults that the operator fills in. */}}
{{- define "app.rewrite" -}}
{{- $rewrites := list -}}
{{- range . -}}
{{- if hasKey . "merge" -}}
{{- $merge := dict "conflictPolicy" "Error" "into" "" "priorityPolicy" "Strict" "strategy" "Extract" -}}
{{- range $key, $value := .merge -}}{{- if not (kindIs "invalid" $value) -}}{{- $_ := set $merge $key $value -}}{{- end -}}{{- end -}}
{{- $rewrites = append $rewrites (dict "merge" $merge) -}}
{{- else -}}
{{- $rewrites = append $rewrites . -}}
{{- end -}}
{{- end -}}
{{- include "app.yaml" $rewrites -}}
{{- end }}

{{/* The rewrites of a search: what was asked for, else those that make variable names of paths: (list ROOT ENTRY PLACE). */}}
{{- define "app.findRewrite" -}}
{{- $entry := index . 1 -}}
{{- $find := $entry.find -}}
{{- if $entry.rewrite -}}
{{- include "app.rewrite" $entry.rewrite -}}
{{- else -}}
{{- $rewrites := list -}}
{{- if ne (toString $find.stripPath) "false" -}}
{{- with $find.path -}}
{{- $path := include "app.path" (list (index $ 0) . (printf "%s.find.path" (index $ 2))) | trimSuffix "/" -}}
{{- $rewrites = append $rewrites (dict "regexp" (dict "source" (printf "^%s/*" (regexReplaceAll "[^A-Za-z0-9/_-]" $path "\\${0}")) "target" "")) -}}
{{- end -}}
{{- $rewrites = append $rewrites (dict "regexp" (dict "source" "[^-._a-zA-Z0-9]" "target" "_")) -}}
{{- end -}}
{{- if eq (toString $find.upperCase) "true" -}}
{{- $rewrites = append $rewrites (dict "transform" (dict "template" "{{ .value | upper }}")) -}}
{{- end -}}
{{- if $rewrites -}}{{- include "app.yaml" $rewrites -}}{{- end -}}
{{- end -}}
{{- end }}

{{/* One entry of `dataFrom` as the operator has it: (list ROOT ENTRY PLACE). */}}
{{- define "app.dataFrom" -}}
{{- $root := index . 0 -}}
{{- $from := index . 1 -}}
{{- $at := index . 2 -}}
{{- $lines := list -}}
{{- range $key, $value := $from -}}
{{- if eq $key "extract" -}}
{{- $lines = append $lines (printf "extract:%s" (include "app.remoteRef" (list $root $value (printf "%s.extract.key" $at) $value.key) | nindent 2)) -}}
{{- else if eq $key "find" -}}
{{- $lines = append $lines (printf "find:%s" (include "app.find" (list $root $value (printf "%s.find" $at)) | nindent 2)) -}}
{{- else if eq $key "rewrite" -}}
{{- if $value -}}{{- $lines = append $lines (printf "rewrite:%s" (include "app.rewrite" $value | nindent 2)) -}}{{- end -}}
{{- else if and (eq $key "sourceRef") ($value).generatorRef -}}
{{- $generator := dict "apiVersion" "generators.external-secrets.io/v1alpha1" -}}
{{- range $name, $part := $value.generatorRef -}}{{- if not (kindIs "invalid" $part) -}}{{- $_ := set $generator $name $part -}}{{- end -}}{{- end -}}
{{- $lines = append $lines (printf "sourceRef:\n  generatorRef:%s" (include "app.yaml" $generator | nindent 4)) -}}
{{- else if not (kindIs "invalid" $value) -}}
{{- $lines = append $lines (include "app.yaml" (dict $key $value)) -}}
{{- end -}}
{{- end -}}
{{- join "\n" $lines -}}
{{- end }}

{{/* Templates from elsewhere, with the defaults that the operator fills in. */}}
{{- define "app.templateFrom" -}}
{{- $all := list -}}
{{- range . -}}
{{- $from := dict "target" "Data" -}}
{{- range $key, $value := . -}}
{{- if has $key (list "configMap" "secret") -}}
{{- $items := list -}}
{{- range $value.items -}}{{- $items = append $items (dict "key" .key "templateAs" (.templateAs | default "Values")) -}}{{- end -}}
{{- $_ := set $from $key (dict "name" $value.name "items" $items) -}}
{{- else if not (kindIs "invalid" $value) -}}
{{- $_ := set $from $key $value -}}
{{- end -}}
{{- end -}}
{{- $all = append $all $from -}}
{{- end -}}
{{- include "app.yaml" $all -}}
{{- end }}
