{{/*
The one place where environments are wired. Every container that gets the environment gets it from here.
*/}}

{{/* `envFrom`, in the order of the sources: include with the context. */}}
{{- define "app.envFrom" -}}
{{- range .sources }}
{{- if .env }}
- {{ ternary "configMapRef" "secretRef" (eq .kind "ConfigMap") }}:
    name: {{ include "app.mapKey" .name }}
    {{- if .optional }}
    optional: true
    {{- end }}
  {{- with .prefix }}
  prefix: {{ quote . }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/*
The variables of a container: (dict "ctx" CONTEXT "common" BOOL "own" MAP "at" PLACE "into" DICT). Fills the dict with
name -> {value, at}: those of postgres, the files' and the common ones, then its own; null removes.
*/}}
{{- define "app.mergeEnv" -}}
{{- $into := .into -}}
{{- if .common -}}
{{- include "app.postgresEnv" (dict "root" .ctx.root "into" $into) -}}
{{- range $source := .ctx.sources -}}
{{- if and .files (ne (toString .fileVariables) "false") -}}
{{- $folder := include "app.mountPath" . -}}
{{- range .keys -}}
{{- $name := include "app.fileVariable" (list $source .) -}}
{{- if hasKey $into $name -}}
{{- fail (printf "variable defined twice: %s: its key %q gives %s, which %s gives too. Set a prefix on one of them, or fileVariables: false." $source.place . $name (index $into $name).at) -}}
{{- end -}}
{{- $_ := set $into $name (dict "value" (printf "%s/%s" $folder .) "at" $source.place) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name, $value := .ctx.root.Values.env -}}
{{- if kindIs "invalid" $value -}}{{- $_ := unset $into $name -}}{{- else -}}{{- $_ := set $into $name (dict "value" $value "at" "env") -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $at := .at -}}
{{- range $name, $value := .own -}}
{{- if kindIs "invalid" $value -}}{{- $_ := unset $into $name -}}{{- else -}}{{- $_ := set $into $name (dict "value" $value "at" $at) -}}{{- end -}}
{{- end -}}
{{- end }}

{{/* Name of the variable that holds a mounted key's path: (list SOURCE KEY). */}}
{{- define "app.fileVariable" -}}
{{- printf "%s%s_FILE" ((index . 0).prefix | default "") (regexReplaceAll "[^A-Z0-9_]" (upper (index . 1)) "_") -}}
{{- end }}

{{/* The variables of CloudNativePG's Secret: (dict "root" ROOT "into" DICT). */}}
{{- define "app.postgresEnv" -}}
{{- $root := .root -}}
{{- $postgres := $root.Values.postgres | default dict -}}
{{- $into := .into -}}
{{- with $postgres.cluster -}}
{{- $prefix := $postgres.prefix | default "" -}}
{{- $secret := $postgres.secretName | default (printf "%s-app" .) -}}
{{- $keys := $postgres.keys | default dict -}}
{{- $domain := printf "%s.svc.%s" ($postgres.namespace | default $root.Release.Namespace) ($postgres.clusterDomain | default "cluster.local") -}}
{{- $_ := set $into (print $prefix "HOST") (dict "at" "postgres" "value" (printf "%s-%s.%s" . ($postgres.access | default "rw") $domain)) -}}
{{- $_ := set $into (print $prefix "PORT") (dict "at" "postgres" "value" (include "app.scalar" (list ($postgres.port | default 5432) "postgres.port"))) -}}
{{- $_ := set $into (print $prefix "DATABASE") (dict "at" "postgres" "value" (dict "secret" (dict "name" $secret "key" ($keys.database | default "dbname")))) -}}
{{- $_ := set $into (print $prefix "USER") (dict "at" "postgres" "value" (dict "secret" (dict "name" $secret "key" ($keys.user | default "username")))) -}}
{{- $_ := set $into (print $prefix "PASSWORD") (dict "at" "postgres" "value" (dict "secret" (dict "name" $secret "key" ($keys.password | default "password")))) -}}
{{- $url := $postgres.url | default dict -}}
{{- with $url.name -}}
{{- $query := ternary (printf "?%s" $url.query) "" (not (empty $url.query)) -}}
{{- $_ := set $into . (dict "at" "postgres.url" "value" (printf "%s://$(%sUSER):$(%sPASSWORD)@$(%sHOST):$(%sPORT)/$(%sDATABASE)%s" ($url.scheme | default "postgresql") $prefix $prefix $prefix $prefix $prefix $query)) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/*
`env`, ordered so that Kubernetes expands every $(NAME): (dict "ctx" CONTEXT "merged" DICT "envFrom" BOOL). First those
that refer to no other one, by name, then the others as soon as all they refer to is there.
*/}}
{{- define "app.env" -}}
{{- $ctx := .ctx -}}
{{- $merged := .merged -}}
{{- $envFrom := .envFrom -}}
{{- $texts := dict -}}
{{- $refs := dict -}}
{{- $order := list -}}
{{- range $name, $entry := $merged -}}
{{- $value := $entry.value -}}
{{- $at := printf "%s.%s" $entry.at $name -}}
{{- if kindIs "map" $value -}}
{{- $given := list -}}
{{- range $kind, $part := $value -}}{{- if not (kindIs "invalid" $part) -}}{{- $given = append $given $kind -}}{{- end -}}{{- end -}}
{{- if gt (len $given) 1 -}}
{{- fail (printf "not one source: %s: it has %s. Set exactly one of value, secret, externalSecret, configMap, field, resource, and an inherited one to null." $at (join " and " $given)) -}}
{{- end -}}
{{- if has "value" $given -}}
{{- $value = $value.value -}}
{{- else -}}
{{- $_ := set $texts $name (include "app.valueFrom" (dict "ctx" $ctx "name" $name "from" $value "at" $at)) -}}
{{- $order = append $order $name -}}
{{- end -}}
{{- end -}}
{{- if not (hasKey $texts $name) -}}
{{- if not (kindIs "string" $value) -}}{{- $value = include "app.scalar" (list $value $at) -}}{{- end -}}
{{- $_ := set $texts $name (printf "- name: %s\n  value: %q" (include "app.mapKey" $name) $value) -}}
{{- $needs := list -}}
{{- if contains "$(" $value -}}
{{- range regexFindAll "\\$\\([^)]*\\)" (replace "$$" " " $value) -1 -}}
{{- $need := trimSuffix ")" . | trimPrefix "$(" -}}
{{- if and (hasKey $merged $need) (or (ne $need $name) (not $envFrom) (ne (include "app.provides" (list $ctx $need)) "true")) -}}{{- $needs = append $needs $need -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if $needs -}}{{- $_ := set $refs $name $needs -}}{{- else -}}{{- $order = append $order $name -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $pending := keys $refs | sortAlpha -}}
{{- range $refs -}}
{{- if $pending -}}
{{- $left := list -}}
{{- range $name := $pending -}}
{{- $ready := true -}}
{{- range index $refs $name -}}{{- if not (has . $order) -}}{{- $ready = false -}}{{- end -}}{{- end -}}
{{- if $ready -}}{{- $order = append $order $name -}}{{- else -}}{{- $left = append $left $name -}}{{- end -}}
{{- end -}}
{{- $pending = $left -}}
{{- end -}}
{{- end -}}
{{- if $pending -}}
{{- include "app.failCycle" (dict "pending" $pending "refs" $refs "merged" $merged) -}}
{{- end -}}
{{- range $order }}
{{ index $texts . }}
{{- end }}
{{- end }}

{{/* "true" when a source may provide a name through envFrom: (list CONTEXT NAME). */}}
{{- define "app.provides" -}}
{{- $name := index . 1 -}}
{{- range (index . 0).sources -}}
{{- if and .env (hasPrefix (.prefix | default "") $name) -}}
{{- if or .open (has (trimPrefix (.prefix | default "") $name) .keys) -}}true{{- break -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Names the cycle that keeps variables from being ordered. */}}
{{- define "app.failCycle" -}}
{{- $refs := .refs -}}
{{- $pending := .pending -}}
{{- $path := list (first $pending) -}}
{{- range $pending -}}
{{- $next := "" -}}
{{- range index $refs (last $path) -}}{{- if and (not $next) (has . $pending) -}}{{- $next = . -}}{{- end -}}{{- end -}}
{{- $known := has $next $path -}}
{{- $path = append $path $next -}}
{{- if $known -}}{{- break -}}{{- end -}}
{{- end -}}
{{- $last := last $path -}}
{{- $cycle := list -}}
{{- range $path -}}{{- if or $cycle (eq . $last) -}}{{- $cycle = append $cycle . -}}{{- end -}}{{- end -}}
{{- fail (printf "variables refer to each other: %s.%s: %s. Take one of the $(…) out, or write $$(…) for the text itself." (index .merged $last).at $last (join " -> " $cycle)) -}}
{{- end }}

{{/* A variable that is read from elsewhere: (dict "ctx" CONTEXT "name" NAME "from" MAP "at" PLACE). */}}
{{- define "app.valueFrom" -}}
{{- $from := .from -}}
{{- $at := .at -}}
- name: {{ include "app.mapKey" .name }}
  valueFrom:
{{- if $from.secret }}
    secretKeyRef:
      name: {{ include "app.mapKey" $from.secret.name }}
      key: {{ quote $from.secret.key }}
      {{- if $from.secret.optional }}
      optional: true
      {{- end }}
{{- else if $from.externalSecret }}
{{- $ref := $from.externalSecret }}
{{- $found := dict }}
{{- $names := list }}
{{- range .ctx.sources }}
{{- if eq .group "externalSecrets" }}
{{- $names = append $names .key }}
{{- if eq .key $ref.name }}{{ $found = . }}{{ end }}
{{- end }}
{{- end }}
{{- if not $found }}
{{- fail (printf "unknown external secret: %s.externalSecret.name: %q is none of externalSecrets (%s). Add it there, or use secret for a Secret that exists already." $at (toString $ref.name) (join ", " $names | default "there are none")) }}
{{- end }}
{{- if and (not $found.open) (not (has $ref.key $found.keys)) }}
{{- fail (printf "unknown key: %s.externalSecret.key: %q is none of the keys of externalSecrets.%s (%s). Use one of these, or add it there." $at (toString $ref.key) $ref.name (join ", " $found.keys)) }}
{{- end }}
    secretKeyRef:
      name: {{ include "app.mapKey" $found.name }}
      key: {{ quote $ref.key }}
      {{- if ternary $found.optional $ref.optional (kindIs "invalid" $ref.optional) }}
      optional: true
      {{- end }}
{{- else if $from.configMap }}
    configMapKeyRef:
      name: {{ include "app.mapKey" $from.configMap.name }}
      key: {{ quote $from.configMap.key }}
      {{- if $from.configMap.optional }}
      optional: true
      {{- end }}
{{- else if $from.field }}
    fieldRef:
      fieldPath: {{ quote $from.field }}
{{- else if $from.resource }}
    resourceFieldRef:
      {{- with $from.resource.container }}
      containerName: {{ include "app.mapKey" . }}
      {{- end }}
      resource: {{ include "app.mapKey" $from.resource.resource }}
      {{- with $from.resource.divisor }}
      divisor: {{ include "app.scalar" (list . $at) | quote }}
      {{- end }}
{{- else }}
{{- fail (printf "not a variable: %s: none of value, secret, externalSecret, configMap, field, resource is set. Set one of them, or remove the variable with null." $at) }}
{{- end }}
{{- end }}
