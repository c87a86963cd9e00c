{{/* A HorizontalPodAutoscaler: (dict "ctx" CONTEXT "autoscaling" MAP "name" NAME "component" TEXT "at" PLACE). */}}
{{- define "app.autoscaler" -}}
{{- $scaling := .autoscaling -}}
{{- $min := ternary 2 $scaling.minReplicas (kindIs "invalid" $scaling.minReplicas) | int64 -}}
{{- $max := ternary 10 $scaling.maxReplicas (kindIs "invalid" $scaling.maxReplicas) | int64 -}}
{{- if gt $min $max -}}
{{- fail (printf "minimum above maximum: %s: minReplicas %d is more than maxReplicas %d. Lower one or raise the other." .at $min $max) -}}
{{- end -}}
{{- $cpu := $scaling.targetCPUUtilizationPercentage -}}
{{- $memory := $scaling.targetMemoryUtilizationPercentage -}}
{{- if and (ne .at "autoscaling") (not (hasKey $scaling "targetCPUUtilizationPercentage")) -}}{{- $cpu = 80 -}}{{- end -}}
{{- if not (or $cpu $memory $scaling.metrics) -}}
{{- fail (printf "nothing to scale by: %s: it has no metric. Set targetCPUUtilizationPercentage, targetMemoryUtilizationPercentage or metrics." .at) -}}
{{- end -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "app.metadata" (dict "ctx" .ctx "name" .name "component" .component "wave" "0" "at" .at) | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "app.mapKey" .name }}
  minReplicas: {{ $min }}
  maxReplicas: {{ $max }}
  metrics:
    {{- with $cpu }}
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ int64 . }}
    {{- end }}
    {{- with $memory }}
    - type: Resource
      resource:
        name: memory
        target:
          type: Utilization
          averageUtilization: {{ int64 . }}
    {{- end }}
    {{- with $scaling.metrics }}
    {{- include "app.yaml" . | nindent 4 }}
    {{- end }}
  {{- with $scaling.behavior }}
  behavior:
    {{- include "app.yaml" . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* A PodDisruptionBudget: (dict "ctx" CONTEXT "budget" MAP "name" NAME "component" TEXT "at" PLACE). */}}
{{- define "app.disruptionBudget" -}}
{{- $budget := .budget -}}
{{- $min := $budget.minAvailable -}}
{{- $max := $budget.maxUnavailable -}}
{{- if not (or (kindIs "invalid" $min) (kindIs "invalid" $max)) -}}
{{- fail (printf "both limits: %s: minAvailable and maxUnavailable are set, and Kubernetes takes one. Remove one of them with null." .at) -}}
{{- end -}}
{{- if and (kindIs "invalid" $min) (kindIs "invalid" $max) -}}{{- $max = 1 -}}{{- end -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "app.metadata" (dict "ctx" .ctx "name" .name "component" .component "wave" "0" "at" .at) | nindent 2 }}
spec:
  {{- if not (kindIs "invalid" $min) }}
  minAvailable: {{ include "app.targetPort" $min }}
  {{- else }}
  maxUnavailable: {{ include "app.targetPort" $max }}
  {{- end }}
  unhealthyPodEvictionPolicy: {{ $budget.unhealthyPodEvictionPolicy | default "AlwaysAllow" }}
  selector:
    matchLabels:
      {{- include "app.stringMap" (dict "map" (merge (dict "app.kubernetes.io/component" .component) .ctx.selector)) | nindent 6 }}
{{- end }}
