{{/*
Everything that must not be deployed, checked in every render. The text of each failure: what, where, the evidence, the
remedy. Paths, durations, numbers and variables are checked where they are rendered.
*/}}
{{- define "app.guards" -}}
{{- $ctx := dict "root" . -}}
{{- include "app.workloadContext" $ctx -}}
{{- include "app.guardNames" $ctx -}}
{{- include "app.guardInlineSecrets" . -}}
{{- include "app.guardSecretNames" $ctx -}}
{{- include "app.guardPolicies" . -}}
{{- include "app.guardVariables" $ctx -}}
{{- include "app.guardSize" . -}}
{{- include "app.guardNetwork" . -}}
{{- include "app.guardHooks" $ctx -}}
{{- end }}

{{- define "app.guardNames" -}}
{{- if not (regexMatch "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$" .fullname) -}}
{{- fail (printf "not a name: %s: %q. Use lower-case letters, digits, hyphens and dots, with a letter or digit first and last." (ternary "fullnameOverride" "nameOverride" (not (empty .root.Values.fullnameOverride))) .fullname) -}}
{{- end -}}
{{- if gt (len .fullname) 253 -}}
{{- fail (printf "name too long: %s: %d characters. Use at most 253." (ternary "fullnameOverride" "nameOverride" (not (empty .root.Values.fullnameOverride))) (len .fullname)) -}}
{{- end -}}
{{- $groups := dict "config" .root.Values.config "env" .root.Values.env -}}
{{- $values := .root.Values -}}
{{- range list "externalSecrets" "secretStores" "inlineSecrets" "sealedSecrets" "workers" "cronJobs" "jobs" "extraObjects" -}}{{- $_ := set $groups . (index $values .) -}}{{- end -}}
{{- range $key, $entry := .root.Values.externalSecrets -}}{{- if $entry -}}{{- $_ := set $groups (printf "externalSecrets.%s.data" $key) $entry.data -}}{{- $_ := set $groups (printf "externalSecrets.%s.template" $key) $entry.template -}}{{- end -}}{{- end -}}
{{- range $key, $entry := .root.Values.inlineSecrets -}}{{- if $entry -}}{{- $_ := set $groups (printf "inlineSecrets.%s.data" $key) $entry.data -}}{{- end -}}{{- end -}}
{{- range $at, $map := $groups -}}
{{- range $name := list "false" "true" -}}
{{- if hasKey ($map | default dict) $name -}}
{{- fail (printf "name lost: %s: YAML reads a name such as %s without quotes as %s. Write the name in quotes." $at (ternary "y, yes or on" "n, no or off" (eq $name "true")) $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "app.guardInlineSecrets" -}}
{{- $values := .Values -}}
{{- range $key, $entry := $values.inlineSecrets -}}
{{- if and (not (kindIs "invalid" $entry)) (not (has ($values.environment | default "") ($values.localEnvironments | default list))) -}}
{{- fail (printf "secret in plain sight: inlineSecrets.%s: environment %s is none of localEnvironments (%s). Put the secret into the store and name its path in externalSecrets, or seal it in sealedSecrets." $key (ternary (printf "%q" $values.environment) "is not set and so" (not (empty $values.environment))) (join ", " $values.localEnvironments | default "there are none")) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* No two entries may make the same Secret; one that merges into it may. */}}
{{- define "app.guardSecretNames" -}}
{{- $seen := dict -}}
{{- range .sources -}}
{{- if and .owned (eq .kind "Secret") (ne .policy "Merge") -}}
{{- if hasKey $seen .name -}}
{{- fail (printf "Secret made twice: %s: it makes the Secret %q, and so does %s. Rename one of them, or give it another target name." .place .name (index $seen .name)) -}}
{{- end -}}
{{- $_ := set $seen .name .place -}}
{{- end -}}
{{- end -}}
{{- $stores := dict -}}
{{- range $key, $store := .root.Values.secretStores -}}
{{- if $store -}}
{{- $id := printf "%v %s" (eq (toString $store.cluster) "true") ($store.name | default $key) -}}
{{- if hasKey $stores $id -}}
{{- fail (printf "store made twice: secretStores.%s: it makes the store %q, and so does secretStores.%s. Rename one of them." $key ($store.name | default $key) (index $stores $id)) -}}
{{- end -}}
{{- $_ := set $stores $id $key -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What the operator's webhook would refuse. */}}
{{- define "app.guardPolicies" -}}
{{- $defaults := .Values.externalSecretDefaults | default dict -}}
{{- range $key, $entry := .Values.externalSecrets -}}
{{- if $entry -}}
{{- $creation := ($entry.target).creationPolicy | default $defaults.creationPolicy | default "Owner" -}}
{{- $deletion := ($entry.target).deletionPolicy | default $defaults.deletionPolicy | default "Retain" -}}
{{- if or (and (eq $deletion "Delete") (has $creation (list "Merge" "None"))) (and (eq $deletion "Merge") (eq $creation "None")) -}}
{{- fail (printf "policies do not fit: externalSecrets.%s: deletionPolicy %s with creationPolicy %s is refused by the operator. Use creationPolicy Owner, or deletionPolicy Retain." $key $deletion $creation) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Names that cannot be variables, and names that two sources define. */}}
{{- define "app.guardVariables" -}}
{{- $allowed := .root.Values.allowDuplicateKeys | default list -}}
{{- $seen := dict -}}
{{- range $source := .sources -}}
{{- if .env -}}
{{- range .keys -}}
{{- $name := print ($source.prefix | default "") . -}}
{{- if or (not (regexMatch "^[-._A-Za-z][-._A-Za-z0-9]*$" $name)) (eq $name ".") (hasPrefix ".." $name) -}}
{{- fail (printf "not a variable name: %s: %q. Kubernetes would leave it out. Rename it%s." $source.place $name (ternary ", set a prefix, or envFrom: false" "" (ne $source.place "config"))) -}}
{{- end -}}
{{- if hasKey $seen $name -}}
{{- if not (has $name $allowed) -}}
{{- fail (printf "variable defined twice: %s: %s and %s both define it, and %s wins. Rename one of them, set a prefix, or list %s in allowDuplicateKeys." $name (index $seen $name) $source.place $source.place $name) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $seen $name $source.place -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Kubernetes takes no ConfigMap of more than 1 MiB. */}}
{{- define "app.guardSize" -}}
{{- $size := 0 -}}
{{- range $name, $value := .Values.config -}}{{- if kindIs "string" $value -}}{{- $size = add $size (len $name) (len $value) -}}{{- end -}}{{- end -}}
{{- if gt $size 1048576 -}}
{{- fail (printf "configuration too large: config: %d bytes, and Kubernetes takes 1048576. Put large files into an image, a volume or several releases." $size) -}}
{{- end -}}
{{- end }}

{{- define "app.guardNetwork" -}}
{{- $values := .Values -}}
{{- $service := include "app.hasService" . -}}
{{- $ports := dict -}}
{{- range $name, $port := $values.ports -}}{{- if $port -}}{{- $_ := set $ports $name true -}}{{- end -}}{{- end -}}
{{- $servicePorts := dict -}}
{{- range $name, $port := ($values.service).ports -}}
{{- if $port -}}
{{- $_ := set $servicePorts $name true -}}{{- $_ := set $servicePorts (toString (int64 $port.port)) true -}}
{{- $target := $port.targetPort | default $name -}}
{{- if and $service (kindIs "string" $target) (not (hasKey $ports $target)) -}}
{{- fail (printf "unknown port: service.ports.%s: its target %q is none of ports (%s). Name one of them, or a number." $name $target (keys $ports | sortAlpha | join ", ")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $service (not $servicePorts) -}}
{{- fail "no ports: service.ports: it is empty. Give the Service a port, or set service.enabled: false." -}}
{{- end -}}
{{- range $kind := list "ingress" "httpRoute" "serviceMonitor" -}}
{{- if and (index $values $kind) (index $values $kind).enabled (not $service) -}}
{{- fail (printf "no Service: %s.enabled: there is no Service to lead to. Set service.enabled and deployment.enabled, or %s.enabled: false." $kind $kind) -}}
{{- end -}}
{{- end -}}
{{- if ($values.ingress).enabled -}}
{{- $hosts := 0 -}}
{{- range $host, $entry := $values.ingress.hosts -}}
{{- if not (kindIs "invalid" $entry) -}}
{{- $hosts = add $hosts 1 -}}
{{- range $path, $options := include "app.ingressPaths" $entry | fromJson -}}
{{- $port := $options.port | default "http" -}}
{{- if not (hasKey $servicePorts (ternary (toString $port) (toString (int64 $port)) (kindIs "string" $port))) -}}
{{- fail (printf "unknown port: ingress.hosts[%q].paths[%q]: %v is no port of the Service. Name one of service.ports." $host $path $port) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if not $hosts -}}
{{- fail "no hosts: ingress.hosts: it is empty. Name a host, or set ingress.enabled: false." -}}
{{- end -}}
{{- end -}}
{{- if and ($values.httpRoute).enabled (not ($values.httpRoute).parentRefs) -}}
{{- fail "no gateway: httpRoute.parentRefs: it is empty. Name the Gateway, or set httpRoute.enabled: false." -}}
{{- end -}}
{{- if and ($values.serviceMonitor).enabled (not (hasKey $servicePorts (toString ($values.serviceMonitor.port | default "http")))) -}}
{{- fail (printf "unknown port: serviceMonitor.port: %q is no port of the Service. Name one of service.ports." (toString $values.serviceMonitor.port)) -}}
{{- end -}}
{{- end }}

{{/* A job before the first installation starts before anything it needs is there. */}}
{{- define "app.guardHooks" -}}
{{- $values := .root.Values -}}
{{- $rendered := list -}}
{{- range .sources -}}{{- if and .owned (or .env .files) -}}{{- $rendered = append $rendered .place -}}{{- end -}}{{- end -}}
{{- if ($values.serviceAccount).create -}}{{- $rendered = append $rendered "serviceAccount" -}}{{- end -}}
{{- range $group := list "cronJobs" "jobs" -}}
{{- range $key, $job := index $values $group -}}
{{- range $name, $sidecar := ($job).sidecars -}}
{{- if and (not (kindIs "invalid" $sidecar)) (ne (toString ($sidecar).native) "true") -}}
{{- fail (printf "job never ends: %s.%s.sidecars.%s: the pod goes on while a sidecar does. Set native: true on it." $group $key $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $key, $job := $values.jobs -}}
{{- if and $job (ne (toString $job.enabled) "false") (has "pre-install" (($job.hook).events | default list)) -}}
{{- $missing := $rendered -}}
{{- if eq (toString $job.inheritEnv) "false" -}}{{- $missing = ternary (list "serviceAccount") list (has "serviceAccount" $rendered) -}}{{- end -}}
{{- if $missing -}}
{{- fail (printf "hook too early: jobs.%s.hook.events: pre-install runs before the release's own objects are there (%s). Use post-install, or no hook." $key (join ", " $missing)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
