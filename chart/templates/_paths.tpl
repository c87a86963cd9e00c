{{/*
A path in a store with its placeholders replaced, refused when it could lead into another environment:
(list ROOT PATH PLACE).
*/}}
{{- define "app.path" -}}
{{- $resolved := include "app.placeholders" . -}}
{{- $at := index . 2 -}}
{{- with regexFind "\\{[^{}]*\\}" $resolved -}}
{{- fail (printf "unknown placeholder: %s: %q has %s. Use {system}, {app}, {environment} or _ENV_." $at (index $ 1) .) -}}
{{- end -}}
{{- include "app.guardPath" (list (index . 0) (index . 1) $at $resolved (splitList "/" (replace ":" "/" $resolved))) -}}
{{- $resolved -}}
{{- end }}

{{/* The same for a regular expression, in which braces have a meaning of their own: its words count as segments. */}}
{{- define "app.pathExpression" -}}
{{- $resolved := include "app.placeholders" . -}}
{{- include "app.guardPath" (list (index . 0) (index . 1) (index . 2) $resolved (regexSplit "[^A-Za-z0-9_-]+" $resolved -1)) -}}
{{- $resolved -}}
{{- end }}

{{/* Replaces {system}, {app}, {environment} and _ENV_: (list ROOT PATH PLACE). */}}
{{- define "app.placeholders" -}}
{{- $root := index . 0 -}}
{{- $path := toString (index . 1) -}}
{{- $at := index . 2 -}}
{{- $system := $root.Values.system | default "" -}}
{{- $environment := $root.Values.environment | default "" -}}
{{- if or (contains "{environment}" $path) (contains "_ENV_" $path) -}}
{{- if not $environment -}}
{{- fail (printf "environment is not set: %s: %q needs it. Set environment to one of %s." $at $path (join ", " $root.Values.environments | default "(none are listed)")) -}}
{{- else if not (has $environment ($root.Values.environments | default list)) -}}
{{- fail (printf "environment is not listed: %s: %q needs it, and environment %q is none of environments (%s). Set environment to one of these, or add it to environments." $at $path $environment (join ", " $root.Values.environments | default "(none are listed)")) -}}
{{- end -}}
{{- end -}}
{{- if and (not $system) (contains "{system}" $path) -}}
{{- fail (printf "system is not set: %s: %q needs it. Set system, or write the path without it." $at $path) -}}
{{- end -}}
{{- $path | replace "{system}" $system | replace "{app}" (include "app.name" $root) | replace "{environment}" $environment | replace "_ENV_" $environment -}}
{{- end }}

{{/* Refuses a path that names another environment: (list ROOT PATH PLACE RESOLVED SEGMENTS). */}}
{{- define "app.guardPath" -}}
{{- $root := index . 0 -}}
{{- $path := index . 1 -}}
{{- $resolved := index . 3 -}}
{{- $own := lower ($root.Values.environment | default "") -}}
{{- $listed := list -}}
{{- range $root.Values.environments -}}{{- $listed = append $listed (lower .) -}}{{- end -}}
{{- range $segment := index . 4 -}}
{{- $segment = lower $segment -}}
{{- if and (ne $segment $own) (has $segment $listed) -}}
{{- $shared := false -}}
{{- range $root.Values.sharedPaths -}}{{- if and . (or (eq . $path) (eq . $resolved)) -}}{{- $shared = true -}}{{- end -}}{{- end -}}
{{- if not $shared -}}
{{- $state := ternary (printf "is %q" $own) "is not set" (ne $own "") -}}
{{- fail (printf "path of another environment: %s: %q names %q while environment %s. Set environment to %s, write {environment} in the path, or declare this exact path in sharedPaths." (index $ 2) $resolved $segment $state $segment) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
