{{/* An image: (list ROOT OWN PLACE). A repository of its own takes neither tag nor digest from the application's image. */}}
{{- define "app.image" -}}
{{- $common := (index . 0).Values.image | default dict -}}
{{- $own := index . 1 | default dict -}}
{{- $at := index . 2 -}}
{{- $repository := $own.repository | default $common.repository -}}
{{- if not $repository -}}
{{- if eq $at "image" -}}
{{- fail "image is missing: image.repository: it is empty. Set image.repository and image.tag (or image.digest), or deployment.enabled: false when the release has no workload." -}}
{{- end -}}
{{- fail (printf "image is missing: %s.repository: it is empty, and so is image.repository. Set one of them." $at) -}}
{{- end -}}
{{- $tag := $own.tag -}}
{{- $digest := $own.digest -}}
{{- if not $own.repository -}}
{{- if not (or $tag $digest) -}}{{- $digest = $common.digest -}}{{- end -}}
{{- $tag = $tag | default $common.tag -}}
{{- end -}}
{{- if $digest -}}
{{ printf "%s@%s" $repository $digest | quote }}
{{- else if $tag -}}
{{ printf "%s:%s" $repository (include "app.scalar" (list $tag (printf "%s.tag" $at))) | quote }}
{{- else -}}
{{ quote $repository }}
{{- end -}}
{{- end }}

{{- define "app.pullPolicy" -}}
{{ ((index . 1).pullPolicy) | default (((index . 0).Values.image).pullPolicy) | default "IfNotPresent" }}
{{- end }}

{{/*
A container: (dict "ctx" CONTEXT "spec" SPEC "container" MAP "name" NAME "at" PLACE "common" BOOL "writable" BOOL "tail"
TEXT). `common` gives it the environment and the mounted secrets. `env` is its merged environment.
*/}}
{{- define "app.container" -}}
{{- $ctx := .ctx -}}
{{- $root := .ctx.root -}}
{{- $container := .container -}}
{{- $at := .at -}}
{{- $place := ternary "" (printf "%s." $at) (eq $at "") -}}
- name: {{ include "app.mapKey" .name }}
  image: {{ include "app.image" (list $root $container.image (printf "%simage" $place)) }}
  imagePullPolicy: {{ include "app.pullPolicy" (list $root ($container.image | default dict)) }}
  {{- with $container.command }}
  command:
    {{- include "app.yaml" . | nindent 4 }}
  {{- end }}
  {{- with $container.args }}
  args:
    {{- include "app.yaml" . | nindent 4 }}
  {{- end }}
  {{- with $container.workingDir }}
  workingDir: {{ quote . }}
  {{- end }}
  {{- with include "app.containerPorts" $container.ports }}
  ports:
    {{- . | nindent 4 }}
  {{- end }}
  {{- $merged := dict }}
  {{- include "app.mergeEnv" (dict "ctx" $ctx "common" .common "own" .env "at" (printf "%senv" $place) "into" $merged) }}
  {{- if .extraEnv }}
  {{- include "app.mergeEnv" (dict "ctx" $ctx "own" .extraEnv "at" .extraAt "into" $merged) }}
  {{- end }}
  {{- if .common }}
  {{- with include "app.envFrom" $ctx | trim }}
  envFrom:
    {{- . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with include "app.env" (dict "ctx" $ctx "merged" $merged "envFrom" .common) }}
  env:
    {{- . | trimPrefix "\n" | nindent 4 }}
  {{- end }}
  {{- with $container.resources }}
  resources:
    {{- include "app.yaml" . | nindent 4 }}
  {{- end }}
  {{- range $probe := list "startupProbe" "livenessProbe" "readinessProbe" "lifecycle" }}
  {{- with index $container $probe }}
  {{ $probe }}:
    {{- include "app.yaml" . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with .securityContext }}
  securityContext:
    {{- include "app.yaml" . | nindent 4 }}
  {{- end }}
  {{- with include "app.mounts" . }}
  volumeMounts:
    {{- . | trimPrefix "\n" | nindent 4 }}
  {{- end }}
  {{- with .tail }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "app.containerPorts" -}}
{{- $lines := list -}}
{{- range $name, $port := . -}}
{{- if $port -}}
{{- $line := printf "- name: %s\n  containerPort: %d\n  protocol: %s" (include "app.mapKey" $name) (int64 $port.containerPort) ($port.protocol | default "TCP") -}}
{{- with $port.hostPort -}}{{- $line = printf "%s\n  hostPort: %d" $line (int64 .) -}}{{- end -}}
{{- $lines = append $lines $line -}}
{{- end -}}
{{- end -}}
{{- join "\n" $lines -}}
{{- end }}

{{/* The mounts of a container, by path; its own win over the writable folders. */}}
{{- define "app.mounts" -}}
{{- $mounts := dict -}}
{{- $at := ternary "volumeMounts" (printf "%s.volumeMounts" .at) (eq .at "") -}}
{{- $known := .volumeNames -}}
{{- if .writable -}}
{{- range $path, $dir := .spec.writableDirs -}}{{- $_ := set $mounts $path (printf "name: %s" (include "app.writableVolume" $path)) -}}{{- end -}}
{{- end -}}
{{- range $path, $mount := .mounts -}}
{{- if not (kindIs "invalid" $mount) -}}
{{- if kindIs "string" $mount -}}{{- $mount = dict "name" $mount -}}{{- end -}}
{{- if not (has $mount.name $known) -}}
{{- fail (printf "unknown volume: %s.%s: %q is none of the pod's volumes (%s). Add it to volumes." $at $path (toString $mount.name) (join ", " $known)) -}}
{{- end -}}
{{- $_ := set $mounts $path (include "app.yaml" $mount) -}}
{{- end -}}
{{- end -}}
{{- if .common -}}
{{- range .ctx.sources -}}
{{- if .files -}}
{{- $path := include "app.mountPath" . -}}
{{- if hasKey $mounts $path -}}
{{- fail (printf "folder mounted twice: %s: its files are mounted at %s, where something else is mounted too. Set %s.mountPath to another folder." .place $path .place) -}}
{{- end -}}
{{- $_ := set $mounts $path (printf "name: %s\nreadOnly: true" (include "app.filesVolume" .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $path, $mount := $mounts }}
- mountPath: {{ quote $path }}
  {{- $mount | nindent 2 }}
{{- end }}
{{- end }}

{{/* The initContainers or sidecars of a pod, by `order`, then by name. */}}
{{- define "app.furtherContainers" -}}
{{- $call := . -}}
{{- $all := index .spec .kind -}}
{{- $isInit := eq .kind "initContainers" -}}
{{- $sorted := dict -}}
{{- range $name, $container := $all -}}
{{- if not (kindIs "invalid" $container) -}}
{{- if eq $name "app" -}}
{{- fail (printf "container name taken: %s%s.app: the application's own container is called app. Choose another name." $call.at $call.kind) -}}
{{- end -}}
{{- if or $isInit (eq (eq (toString $container.native) "true") $call.native) -}}
{{- $_ := set $sorted (printf "%012d %s" (add 100000000000 (int64 ($container.order | default 0))) $name) $name -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $values := .ctx.root.Values -}}
{{- range keys $sorted | sortAlpha -}}
{{- $name := get $sorted . -}}
{{- $container := index $all $name -}}
{{- $common := $isInit -}}
{{- if kindIs "bool" $container.inheritEnv -}}{{- $common = $container.inheritEnv -}}{{- end -}}
{{- $security := dict -}}
{{- range list $values.securityContext $container.securityContext -}}{{- range $key, $value := . -}}{{- $_ := set $security $key $value -}}{{- end -}}{{- end -}}
{{- $tail := ternary "restartPolicy: Always" "" (and (not $isInit) $call.native) -}}
{{- $at := printf "%s%s.%s" $call.at $call.kind $name -}}
{{- $own := dict -}}
{{- $env := $container.env -}}
{{- $args := dict "ctx" $call.ctx "spec" $call.spec "volumeNames" $call.volumeNames "container" $container "name" $name "at" $at "common" $common "writable" $isInit "mounts" $container.volumeMounts "securityContext" $security "tail" $tail -}}
{{- if and $common $call.at -}}
{{- $_ := set $args "env" $call.spec.env -}}
{{- $_ := set $args "extraEnv" $container.env -}}
{{- $_ := set $args "extraAt" (printf "%s.env" $at) -}}
{{- else -}}
{{- $_ := set $args "env" $container.env -}}
{{- end }}
{{ include "app.container" $args }}
{{- end -}}
{{- end }}
