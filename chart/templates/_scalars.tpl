{{/*
A scalar as the text its author wrote: (list VALUE PLACE). Helm reads every number of a values file as a 64-bit float:
whole ones are written without exponent, others in their shortest decimal form; from 2^53 on digits may already be lost,
so such numbers are refused. Whole numbers from --set are exact.
*/}}
{{- define "app.scalar" -}}
{{- $value := index . 0 -}}
{{- $at := index . 1 -}}
{{- $kind := kindOf $value -}}
{{- if eq $kind "string" -}}
{{ $value }}
{{- else if eq $kind "bool" -}}
{{ ternary "true" "false" $value }}
{{- else if eq $kind "float64" -}}
{{- if or (ge $value 9007199254740992.0) (le $value -9007199254740992.0) -}}
{{- fail (printf "number too large: %s: %.0f is not below 2^53, from where on Helm loses digits. Write it in quotes." $at $value) -}}
{{- end -}}
{{- $json := toJson $value -}}
{{- if contains "e-" $json -}}
{{- $parts := splitList "e-" $json -}}
{{- $sign := ternary "-" "" (hasPrefix "-" $json) -}}
{{- $digits := index $parts 0 | trimPrefix "-" | replace "." "" -}}
{{ printf "%s0.%s%s" $sign (repeat (int (sub (atoi (index $parts 1)) 1)) "0") $digits }}
{{- else -}}
{{ $json }}
{{- end -}}
{{- else if has $kind (list "int" "int64") -}}
{{ printf "%d" $value }}
{{- else if eq $kind "invalid" -}}
{{- else -}}
{{- fail (printf "not a scalar: %s: a %s. Write a string, number or boolean; put a structure in quotes as JSON." $at (ternary "list" $kind (eq $kind "slice"))) -}}
{{- end -}}
{{- end }}

{{/* A structure as YAML, without what null takes out of its maps at any depth. */}}
{{- define "app.yaml" -}}
{{- $text := toYaml . -}}
{{- if contains "null" $text -}}
{{- $call := dict "of" . -}}
{{- include "app.withoutNull" $call -}}
{{- toYaml $call.out -}}
{{- else -}}
{{- $text -}}
{{- end -}}
{{- end }}

{{/* A copy without the entries that are null: (dict "of" VALUE). Sets `out` in it. */}}
{{- define "app.withoutNull" -}}
{{- $call := . -}}
{{- if kindIs "map" .of -}}
{{- $out := dict -}}
{{- range $key, $value := .of -}}
{{- if not (kindIs "invalid" $value) -}}
{{- $inner := dict "of" $value -}}{{- include "app.withoutNull" $inner -}}{{- $_ := set $out $key $inner.out -}}
{{- end -}}
{{- end -}}
{{- $_ := set $call "out" $out -}}
{{- else if kindIs "slice" .of -}}
{{- $out := list -}}
{{- range .of -}}{{- $inner := dict "of" . -}}{{- include "app.withoutNull" $inner -}}{{- $out = append $out $inner.out -}}{{- end -}}
{{- $_ := set $call "out" $out -}}
{{- else -}}
{{- $_ := set $call "out" .of -}}
{{- end -}}
{{- end }}

{{/*
A duration as people write it, as Go prints it, which is how the operator writes it back: (list VALUE PLACE).
*/}}
{{- define "app.duration" -}}
{{- $text := toString (index . 0) -}}
{{- if not (regexMatch "^(0|[0-9]{1,6}(\\.[0-9]{1,2})?h([0-9]{1,6}(\\.[0-9])?m)?([0-9]{1,9}s)?|[0-9]{1,6}(\\.[0-9])?m([0-9]{1,9}s)?|[0-9]{1,9}s)$" $text) -}}
{{- fail (printf "not a duration: %s: %q. Write hours, minutes and seconds such as 5m, 90s, 1h30m or 72h, or 0 for never." (index . 1) $text) -}}
{{- end -}}
{{- $start := mustToDate "2006-01-02" "2020-01-01" -}}
{{- sub (unixEpoch (mustDateModify $text $start)) (unixEpoch $start) | duration -}}
{{- end }}
