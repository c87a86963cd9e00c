{{/* What each preset reads and how often: property at the path -> key of the Secret. */}}
{{- define "app.presets" -}}
{
  "database": {"refreshInterval": "15m", "keys": {"host": "host", "port": "port", "username": "username", "password": "password", "database": "database"}},
  "apiKey": {"refreshInterval": "1h", "keys": {"apiKey": "API_KEY"}},
  "tls": {"refreshInterval": "24h", "keys": {"tls.crt": "tls.crt", "tls.key": "tls.key", "ca.crt": "ca.crt"}, "type": "kubernetes.io/tls"}
}
{{- end }}

{{/*
What the entry's preset reads: (dict "entry" ENTRY "key" KEY "into" DICT). Fills the dict with key of the Secret ->
property, the entry's own `keys` over the preset's.
*/}}
{{- define "app.presetKeys" -}}
{{- $entry := .entry -}}
{{- $at := printf "externalSecrets.%s" .key -}}
{{- $into := .into -}}
{{- $presets := include "app.presets" . | fromJson -}}
{{- if not (hasKey $presets $entry.preset) -}}
{{- fail (printf "unknown preset: %s.preset: %q. Use database, apiKey or tls." $at (toString $entry.preset)) -}}
{{- end -}}
{{- if not $entry.path -}}
{{- fail (printf "path is missing: %s: preset %s reads from a path. Set %s.path." $at $entry.preset $at) -}}
{{- end -}}
{{- $preset := (index $presets $entry.preset).keys -}}
{{- $own := $entry.keys | default dict -}}
{{- range $name, $ := $own -}}
{{- if not (hasKey $preset $name) -}}
{{- fail (printf "unknown key of the preset: %s.keys.%s: preset %s has %s. Use one of these, or data." $at $name $entry.preset (keys $preset | sortAlpha | join ", ")) -}}
{{- end -}}
{{- end -}}
{{- range $name, $key := $preset -}}
{{- if hasKey $own $name -}}{{- $key = index $own $name -}}{{- end -}}
{{- if $key -}}
{{- if hasKey $into $key -}}
{{- fail (printf "key given twice: %s.keys: both %s and %s become %q. Give each a name of its own." $at (index $into $key) $name $key) -}}
{{- end -}}
{{- $_ := set $into $key $name -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/*
Every source of the environment, in the order in which Kubernetes reads them: later ones win. Fills `sources` of the
context. A source: place (in the values), group, key, kind (ConfigMap or Secret), name, env (all keys become variables),
prefix, optional, keys (those known), open (there may be others), files, mountPath, fileVariables, rendered (its content
is in this release's manifests), owned (this release brings it).
*/}}
{{- define "app.sources" -}}
{{- $ctx := . -}}
{{- $values := .root.Values -}}
{{- $fullname := .fullname -}}
{{- $sources := list -}}
{{- $names := list -}}
{{- range $name, $value := $values.config -}}{{- if not (kindIs "invalid" $value) -}}{{- $names = append $names $name -}}{{- end -}}{{- end -}}
{{- if $names -}}
{{- $sources = append $sources (dict "place" "config" "group" "config" "key" "config" "kind" "ConfigMap" "name" (include "app.secretName" (list $fullname "config")) "env" true "keys" $names "rendered" true "owned" true) -}}
{{- end -}}
{{- range $index, $existing := $values.existingConfigMaps -}}
{{- if kindIs "string" $existing -}}{{- $existing = dict "name" $existing -}}{{- end -}}
{{- if $existing -}}
{{- $sources = append $sources (dict "place" (printf "existingConfigMaps[%d]" $index) "group" "existingConfigMaps" "kind" "ConfigMap" "name" $existing.name "env" true "keys" list "open" true "prefix" $existing.prefix "optional" $existing.optional) -}}
{{- end -}}
{{- end -}}
{{- range $key, $entry := $values.externalSecrets -}}
{{- if not (kindIs "invalid" $entry) -}}
{{- $known := dict -}}
{{- $open := or $entry.find $entry.dataFrom -}}
{{- $preset := "" -}}
{{- if $entry.preset -}}
{{- $preset = $entry.preset -}}
{{- include "app.presetKeys" (dict "entry" $entry "key" $key "into" $known) -}}
{{- else if $entry.path -}}
{{- $open = true -}}
{{- end -}}
{{- range $name, $path := $entry.data -}}{{- if not (kindIs "invalid" $path) -}}{{- $_ := set $known $name "" -}}{{- end -}}{{- end -}}
{{- if not (or $open $known) -}}
{{- fail (printf "nothing to read: externalSecrets.%s: it has no path, data, find, dataFrom or preset. Give it one, or remove the entry with null." $key) -}}
{{- end -}}
{{- $target := $entry.target | default dict -}}
{{- $template := dict -}}
{{- range $name, $text := $entry.template -}}{{- if not (kindIs "invalid" $text) -}}{{- $_ := set $template $name "" -}}{{- end -}}{{- end -}}
{{- if or $template $target.templateFrom -}}
{{- if ne ($target.mergePolicy | default "Replace") "Merge" -}}
{{- $known = $template -}}{{- $open = $target.templateFrom -}}
{{- else -}}
{{- range $name, $ := $template -}}{{- $_ := set $known $name "" -}}{{- end -}}
{{- $open = or $open $target.templateFrom -}}
{{- end -}}
{{- end -}}
{{- $policy := $target.creationPolicy | default (($values.externalSecretDefaults).creationPolicy) | default "Owner" -}}
{{- $files := eq ($entry.mountAs | default "env") "files" -}}
{{- $env := not (or $files (eq $preset "tls") (eq $policy "None")) -}}
{{- if kindIs "bool" $entry.envFrom -}}{{- $env = $entry.envFrom -}}{{- end -}}
{{- $name := $target.name | default (include "app.secretName" (list $fullname $key)) -}}
{{- $sources = append $sources (dict "place" (printf "externalSecrets.%s" $key) "group" "externalSecrets" "key" $key "kind" "Secret" "name" $name "env" $env "files" $files "mountPath" $entry.mountPath "fileVariables" $entry.fileVariables "prefix" $entry.prefix "optional" $entry.optional "keys" (keys $known | sortAlpha) "open" (or (and $open true) (eq $policy "Merge")) "policy" $policy "owned" (ne $policy "None")) -}}
{{- end -}}
{{- end -}}
{{- range $group := list "inlineSecrets" "sealedSecrets" -}}
{{- range $key, $entry := index $values $group -}}
{{- if not (kindIs "invalid" $entry) -}}
{{- $known := list -}}
{{- range $name, $value := ternary $entry.data $entry.encryptedData (eq $group "inlineSecrets") -}}{{- if not (kindIs "invalid" $value) -}}{{- $known = append $known $name -}}{{- end -}}{{- end -}}
{{- $files := eq ($entry.mountAs | default "env") "files" -}}
{{- $env := not $files -}}
{{- if kindIs "bool" $entry.envFrom -}}{{- $env = $entry.envFrom -}}{{- end -}}
{{- $name := $entry.name | default (include "app.secretName" (list $fullname $key)) -}}
{{- $sources = append $sources (dict "place" (printf "%s.%s" $group $key) "group" $group "key" $key "kind" "Secret" "name" $name "env" $env "files" $files "mountPath" $entry.mountPath "fileVariables" $entry.fileVariables "prefix" $entry.prefix "optional" $entry.optional "keys" $known "rendered" (eq $group "inlineSecrets") "owned" true "policy" "Owner") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $index, $existing := $values.existingSecrets -}}
{{- if kindIs "string" $existing -}}{{- $existing = dict "name" $existing -}}{{- end -}}
{{- if $existing -}}
{{- $sources = append $sources (dict "place" (printf "existingSecrets[%d]" $index) "group" "existingSecrets" "kind" "Secret" "name" $existing.name "env" true "keys" list "open" true "prefix" $existing.prefix "optional" $existing.optional) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $ctx "sources" $sources -}}
{{- end }}

{{/* The folder in which a source's files are mounted. */}}
{{- define "app.mountPath" -}}
{{ .mountPath | default (printf "/run/secrets/%s" .key) }}
{{- end }}

{{/* The store an entry is read from: (list ROOT ENTRY PLACE). */}}
{{- define "app.storeRef" -}}
{{- $values := (index . 0).Values -}}
{{- $own := (index . 1).secretStoreRef | default dict -}}
{{- $common := $values.secretStoreRef | default dict -}}
{{- $name := $own.name | default $common.name -}}
{{- $at := ternary (printf "%s.secretStoreRef" (index . 2)) "secretStoreRef" (or (not (empty $own.name)) (not (empty $own.kind))) -}}
{{- if not $name -}}
{{- fail (printf "store is missing: %s.name: it is empty. Name the store that %s is read from." $at (index . 2)) -}}
{{- end -}}
{{- $rendered := list -}}
{{- range $key, $store := $values.secretStores -}}
{{- if and (not (kindIs "invalid" $store)) (eq (($store).name | default $key) $name) -}}{{- $rendered = append $rendered (ternary "ClusterSecretStore" "SecretStore" (eq (toString ($store).cluster) "true")) -}}{{- end -}}
{{- end -}}
{{- $kind := $own.kind -}}
{{- if not $kind -}}
{{- if and (empty $own.name) $common.kind -}}{{- $kind = $common.kind -}}
{{- else if $rendered -}}{{- $kind = first $rendered -}}
{{- else -}}{{- $kind = $common.kind | default "SecretStore" -}}
{{- end -}}
{{- end -}}
{{- if and $rendered (not (has $kind $rendered)) -}}
{{- fail (printf "store of another kind: %s: %s %q, while secretStores renders a %s of that name. Set %s.kind to %s." $at $kind $name (first $rendered) $at (first $rendered)) -}}
{{- end -}}
name: {{ include "app.mapKey" $name }}
kind: {{ $kind }}
{{- end }}

{{/*
Labels and annotations of the Secret an operator makes. Without them the operator would copy those of its own object,
tracking annotations of GitOps tools included: (dict "ctx" CONTEXT "labels" [MAPS] "annotations" MAP "at" PLACE).
*/}}
{{- define "app.secretMetadata" -}}
{{- $labels := dict -}}
{{- range prepend (.labels | default list) .ctx.root.Values.commonLabels -}}
{{- range $key, $value := . -}}{{- $_ := set $labels $key $value -}}{{- end -}}
{{- end -}}
{{- range $key, $value := .ctx.selector -}}{{- $_ := set $labels $key $value -}}{{- end -}}
labels:
  {{- include "app.stringMap" (dict "map" $labels "at" (printf "%s.labels" .at)) | nindent 2 }}
{{- with include "app.stringMap" (dict "map" .annotations "at" (printf "%s.annotations" .at)) }}
annotations:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}
