{{/*
What a workload is made of: (dict "root" ROOT "own" MAP "spec" DICT). Fills the dict: its own fields, and for those that
a workload inherits, the top-level ones.
*/}}
{{- define "app.inherit" -}}
{{- $values := .root.Values -}}
{{- $spec := .spec -}}
{{- $own := .own | default dict -}}
{{- range $key := list "imagePullSecrets" "resources" "terminationGracePeriodSeconds" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" "runtimeClassName" "dnsPolicy" "dnsConfig" "hostAliases" "strategy" "revisionHistoryLimit" "minReadySeconds" "progressDeadlineSeconds" -}}
{{- $_ := set $spec $key (index $values $key) -}}
{{- end -}}
{{- range $key, $value := $own -}}
{{- if not (kindIs "invalid" $value) -}}{{- $_ := set $spec $key $value -}}{{- end -}}
{{- end -}}
{{- range $key := list "volumes" "volumeMounts" "writableDirs" "podAnnotations" "podLabels" "podSecurityContext" "securityContext" -}}
{{- $merged := dict -}}
{{- range list (index $values $key) (index $own $key) -}}
{{- range $name, $value := . -}}
{{- if kindIs "invalid" $value -}}{{- $_ := unset $merged $name -}}{{- else -}}{{- $_ := set $merged $name $value -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $spec $key $merged -}}
{{- end -}}
{{- end }}

{{/* Makes the top-level fields of the application's own workload a spec: (dict "root" ROOT "spec" DICT). */}}
{{- define "app.mainSpec" -}}
{{- $values := .root.Values -}}
{{- $own := dict -}}
{{- range $key := list "command" "args" "workingDir" "ports" "livenessProbe" "readinessProbe" "startupProbe" "lifecycle" "initContainers" "sidecars" "replicaCount" "autoscaling" "terminationGracePeriodSeconds" "drainSeconds" -}}
{{- $_ := set $own $key (index $values $key) -}}
{{- end -}}
{{- if include "app.hasService" .root -}}{{- include "app.drain" $own -}}{{- end -}}
{{- include "app.inherit" (dict "root" .root "own" $own "spec" .spec) -}}
{{- end }}

{{/*
Lets a container go on serving while requests are still on their way to it: Kubernetes ends a pod and takes it out of its
Services at the same time. Fills `lifecycle` of the dict, unless it has a preStop of its own.
*/}}
{{- define "app.drain" -}}
{{- $grace := ternary 30 .terminationGracePeriodSeconds (kindIs "invalid" .terminationGracePeriodSeconds) | int64 -}}
{{- $seconds := min (int64 (.drainSeconds | default 0)) (sub $grace 1) -}}
{{- if and (gt $seconds 0) (not (.lifecycle).preStop) -}}
{{- $lifecycle := dict "preStop" (dict "sleep" (dict "seconds" $seconds)) -}}
{{- range $key, $value := .lifecycle -}}{{- if $value -}}{{- $_ := set $lifecycle $key $value -}}{{- end -}}{{- end -}}
{{- $_ := set . "lifecycle" $lifecycle -}}
{{- end -}}
{{- end }}

{{/* Name of the volume of a writable folder. */}}
{{- define "app.writableVolume" -}}
{{- if regexMatch "^(/[a-z0-9]+)+$" . -}}
{{ include "app.dnsLabel" (printf "writable%s" (replace "/" "-" .)) }}
{{- else -}}
{{ printf "writable-%s" (sha256sum . | trunc 8) }}
{{- end -}}
{{- end }}

{{/* Name of the volume of a source whose keys are mounted as files. */}}
{{- define "app.filesVolume" -}}
{{- include "app.dnsLabel" (printf "%s-%s" (get (dict "externalSecrets" "external" "inlineSecrets" "inline" "sealedSecrets" "sealed") .group) .key) -}}
{{- end }}

{{/*
The template of a pod: (dict "ctx" CONTEXT "spec" SPEC "component" TEXT "at" PLACE "restartPolicy" TEXT "checksum" BOOL).
*/}}
{{- define "app.podTemplate" -}}
{{- $ctx := .ctx -}}
{{- $root := .ctx.root -}}
{{- $values := $root.Values -}}
{{- $spec := .spec -}}
{{- $at := .at -}}
{{- $place := ternary "" (printf "%s." $at) (eq $at "") -}}
{{- $common := ne (toString $spec.inheritEnv) "false" -}}
{{- $selector := merge (dict "app.kubernetes.io/component" .component) $ctx.selector -}}
{{- $labels := dict -}}
{{- range list $values.commonLabels $spec.podLabels $selector -}}{{- range $key, $value := . -}}{{- $_ := set $labels $key $value -}}{{- end -}}{{- end -}}
{{- $annotations := dict -}}
{{- range list $values.commonAnnotations (ternary (dict "kubectl.kubernetes.io/default-container" "app") dict (not (empty $spec.sidecars))) $spec.podAnnotations -}}{{- range $key, $value := . -}}{{- $_ := set $annotations $key $value -}}{{- end -}}{{- end -}}
{{- if and .checksum $common -}}{{- include "app.checksums" (dict "ctx" $ctx "into" $annotations) -}}{{- end -}}
{{- $volumes := dict -}}
{{- range $name, $volume := $spec.volumes -}}{{- $_ := set $volumes $name (include "app.yaml" $volume) -}}{{- end -}}
{{- $further := dict -}}
{{- range $path, $dir := $spec.writableDirs -}}
{{- $line := "emptyDir: {}" -}}
{{- if $dir -}}
{{- $parts := list -}}
{{- with $dir.medium -}}{{- $parts = append $parts (printf "medium: %s" .) -}}{{- end -}}
{{- with $dir.sizeLimit -}}{{- $parts = append $parts (printf "sizeLimit: %s" (include "app.scalar" (list . "writableDirs"))) -}}{{- end -}}
{{- if $parts -}}{{- $line = printf "emptyDir:\n  %s" (join "\n  " $parts) -}}{{- end -}}
{{- end -}}
{{- $_ := set $further (include "app.writableVolume" $path) $line -}}
{{- end -}}
{{- range $ctx.sources -}}
{{- if .files -}}
{{- $_ := set $further (include "app.filesVolume" .) (printf "secret:\n  secretName: %s\n  defaultMode: 292%s" (include "app.mapKey" .name) (ternary "\n  optional: true" "" (not (empty .optional)))) -}}
{{- end -}}
{{- end -}}
{{- range $name, $volume := $further -}}
{{- if hasKey $volumes $name -}}
{{- fail (printf "volume name taken: %svolumes.%s: the chart has a volume of that name. Choose another one." $place $name) -}}
{{- end -}}
{{- $_ := set $volumes $name $volume -}}
{{- end -}}
{{- $names := keys $volumes | sortAlpha -}}
{{- $base := dict "ctx" $ctx "spec" $spec "volumeNames" $names -}}
metadata:
  labels:
    {{- include "app.stringMap" (dict "map" $labels "at" (printf "%spodLabels" $place)) | nindent 4 }}
  {{- with include "app.stringMap" (dict "map" $annotations "at" (printf "%spodAnnotations" $place)) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  {{- with $spec.imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ include "app.mapKey" . }}
    {{- end }}
  {{- end }}
  serviceAccountName: {{ include "app.serviceAccountName" $ctx | include "app.mapKey" }}
  automountServiceAccountToken: {{ eq (toString (($values.serviceAccount).automountToken)) "true" }}
  enableServiceLinks: {{ eq (toString $values.enableServiceLinks) "true" }}
  {{- with .restartPolicy }}
  restartPolicy: {{ . }}
  {{- end }}
  {{- with $spec.podSecurityContext }}
  securityContext:
    {{- include "app.yaml" . | nindent 4 }}
  {{- end }}
  {{- if not (kindIs "invalid" $spec.terminationGracePeriodSeconds) }}
  terminationGracePeriodSeconds: {{ int64 $spec.terminationGracePeriodSeconds }}
  {{- end }}
  {{- range $key := list "priorityClassName" "runtimeClassName" "dnsPolicy" }}
  {{- with index $spec $key }}
  {{ $key }}: {{ include "app.mapKey" . }}
  {{- end }}
  {{- end }}
  {{- with include "app.stringMap" (dict "map" $spec.nodeSelector "at" (printf "%snodeSelector" $place)) }}
  nodeSelector:
    {{- . | nindent 4 }}
  {{- end }}
  {{- range $key := list "affinity" "tolerations" "dnsConfig" "hostAliases" }}
  {{- with index $spec $key }}
  {{ $key }}:
    {{- include "app.yaml" . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with $spec.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range . }}
    {{- $constraint := dict "labelSelector" (dict "matchLabels" $selector) }}
    {{- range $key, $value := . }}{{ $_ := set $constraint $key $value }}{{ end }}
    - {{ include "app.yaml" $constraint | nindent 6 | trim }}
    {{- end }}
  {{- end }}
  {{- $inits := include "app.furtherContainers" (merge (dict "kind" "initContainers" "at" $place) $base) }}
  {{- $natives := include "app.furtherContainers" (merge (dict "kind" "sidecars" "at" $place "native" true) $base) }}
  {{- with print $natives $inits }}
  initContainers:
    {{- . | trimPrefix "\n" | nindent 4 }}
  {{- end }}
  containers:
    {{- include "app.container" (merge (dict "container" $spec "name" "app" "at" $at "common" $common "env" $spec.env "writable" true "mounts" $spec.volumeMounts "securityContext" $spec.securityContext) $base) | nindent 4 }}
    {{- with include "app.furtherContainers" (merge (dict "kind" "sidecars" "at" $place "native" false) $base) }}
    {{- . | trimPrefix "\n" | nindent 4 }}
    {{- end }}
  {{- if $volumes }}
  volumes:
    {{- range $name, $volume := $volumes }}
    - name: {{ include "app.mapKey" $name }}
      {{- $volume | nindent 6 }}
    {{- end }}
  {{- end }}
{{- end }}
