import type { JsonObject } from '../../harness/manifest/manifest.js';

/**
 * What the API server checks beyond Kubernetes' published OpenAPI definitions, for the fields that charts
 * get wrong: values an enumeration allows, and ranges. Keyed `<definition without io.k8s.api.>.<field>`.
 * Source: the API reference's text of each field.
 */
export const NATIVE_CONSTRAINTS: Readonly<Record<string, JsonObject>> = {
  ...enums({
    'core.v1.Container.imagePullPolicy': ['Always', 'IfNotPresent', 'Never'],
    'core.v1.Container.terminationMessagePolicy': ['File', 'FallbackToLogsOnError'],
    'core.v1.Container.restartPolicy': ['Always', 'Never', 'OnFailure'],
    'core.v1.ContainerPort.protocol': ['TCP', 'UDP', 'SCTP'],
    'core.v1.ServicePort.protocol': ['TCP', 'UDP', 'SCTP'],
    'networking.v1.NetworkPolicyPort.protocol': ['TCP', 'UDP', 'SCTP'],
    'core.v1.HTTPGetAction.scheme': ['HTTP', 'HTTPS'],
    'core.v1.PodSpec.restartPolicy': ['Always', 'OnFailure', 'Never'],
    'core.v1.PodSpec.dnsPolicy': ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
    'core.v1.PodSpec.preemptionPolicy': ['Never', 'PreemptLowerPriority'],
    'core.v1.PodSecurityContext.fsGroupChangePolicy': ['OnRootMismatch', 'Always'],
    'core.v1.PodSecurityContext.supplementalGroupsPolicy': ['Merge', 'Strict'],
    'core.v1.SeccompProfile.type': ['RuntimeDefault', 'Unconfined', 'Localhost'],
    'core.v1.AppArmorProfile.type': ['RuntimeDefault', 'Unconfined', 'Localhost'],
    'core.v1.SecurityContext.procMount': ['Default', 'Unmasked'],
    'core.v1.Toleration.operator': ['Exists', 'Equal', 'Lt', 'Gt'],
    'core.v1.Toleration.effect': ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
    'core.v1.TopologySpreadConstraint.whenUnsatisfiable': ['DoNotSchedule', 'ScheduleAnyway'],
    'core.v1.TopologySpreadConstraint.nodeAffinityPolicy': ['Honor', 'Ignore'],
    'core.v1.TopologySpreadConstraint.nodeTaintsPolicy': ['Honor', 'Ignore'],
    'core.v1.NodeSelectorRequirement.operator': ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'],
    'core.v1.VolumeMount.mountPropagation': ['None', 'HostToContainer', 'Bidirectional'],
    'core.v1.ServiceSpec.type': ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
    'core.v1.ServiceSpec.sessionAffinity': ['ClientIP', 'None'],
    'core.v1.ServiceSpec.externalTrafficPolicy': ['Cluster', 'Local'],
    'core.v1.ServiceSpec.internalTrafficPolicy': ['Cluster', 'Local'],
    'core.v1.ServiceSpec.ipFamilyPolicy': ['SingleStack', 'PreferDualStack', 'RequireDualStack'],
    'core.v1.PersistentVolumeClaimSpec.volumeMode': ['Block', 'Filesystem'],
    'apps.v1.DeploymentStrategy.type': ['Recreate', 'RollingUpdate'],
    'apps.v1.StatefulSetUpdateStrategy.type': ['OnDelete', 'RollingUpdate'],
    'apps.v1.DaemonSetUpdateStrategy.type': ['OnDelete', 'RollingUpdate'],
    'apps.v1.StatefulSetSpec.podManagementPolicy': ['OrderedReady', 'Parallel'],
    'batch.v1.CronJobSpec.concurrencyPolicy': ['Allow', 'Forbid', 'Replace'],
    'batch.v1.JobSpec.completionMode': ['NonIndexed', 'Indexed'],
    'batch.v1.JobSpec.podReplacementPolicy': ['TerminatingOrFailed', 'Failed'],
    'networking.v1.HTTPIngressPath.pathType': ['Exact', 'Prefix', 'ImplementationSpecific'],
    'autoscaling.v2.MetricSpec.type': ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'],
    'autoscaling.v2.MetricTarget.type': ['Utilization', 'Value', 'AverageValue'],
    'autoscaling.v2.HPAScalingPolicy.type': ['Pods', 'Percent'],
    'autoscaling.v2.HPAScalingRules.selectPolicy': ['Max', 'Min', 'Disabled'],
    'policy.v1.PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy': ['IfHealthyBudget', 'AlwaysAllow'],
    'rbac.v1.RoleRef.kind': ['Role', 'ClusterRole'],
    'rbac.v1.Subject.kind': ['ServiceAccount', 'User', 'Group'],
  }),
  ...lists({
    'networking.v1.NetworkPolicySpec.policyTypes': ['Ingress', 'Egress'],
    'core.v1.PersistentVolumeClaimSpec.accessModes': [
      'ReadWriteOnce',
      'ReadOnlyMany',
      'ReadWriteMany',
      'ReadWriteOncePod',
    ],
  }),
  ...ranges([
    ['core.v1.ContainerPort.containerPort', 1, 65535],
    ['core.v1.ContainerPort.hostPort', 0, 65535],
    ['core.v1.ServicePort.port', 1, 65535],
    ['core.v1.ServicePort.nodePort', 0, 65535],
    ['networking.v1.ServiceBackendPort.number', 0, 65535],
    ['apps.v1.DeploymentSpec.replicas', 0],
    ['apps.v1.StatefulSetSpec.replicas', 0],
    ['apps.v1.DeploymentSpec.revisionHistoryLimit', 0],
    ['apps.v1.DeploymentSpec.minReadySeconds', 0],
    ['autoscaling.v2.HorizontalPodAutoscalerSpec.maxReplicas', 1],
    ['autoscaling.v2.HorizontalPodAutoscalerSpec.minReplicas', 0],
    ['batch.v1.JobSpec.backoffLimit', 0],
    ['batch.v1.JobSpec.parallelism', 0],
    ['batch.v1.JobSpec.ttlSecondsAfterFinished', 0],
    ['batch.v1.CronJobSpec.successfulJobsHistoryLimit', 0],
    ['batch.v1.CronJobSpec.failedJobsHistoryLimit', 0],
    ['core.v1.PodSpec.terminationGracePeriodSeconds', 0],
    ['core.v1.Probe.failureThreshold', 0],
    ['core.v1.Probe.periodSeconds', 0],
    ['core.v1.Probe.timeoutSeconds', 0],
    ['core.v1.Probe.initialDelaySeconds', 0],
  ]),
  'core.v1.PodSpec.containers': { minItems: 1 },
};

function enums(table: Record<string, string[]>): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(table).map(([field, values]) => [field, { enum: values }]));
}

function lists(table: Record<string, string[]>): Record<string, JsonObject> {
  return Object.fromEntries(
    Object.entries(table).map(([field, values]) => [
      field,
      { items: { type: ['string', 'null'], enum: values } },
    ]),
  );
}

function ranges(table: [field: string, minimum: number, maximum?: number][]): Record<string, JsonObject> {
  return Object.fromEntries(
    table.map(([field, minimum, maximum]) => [
      field,
      { minimum, ...(maximum === undefined ? {} : { maximum }) },
    ]),
  );
}
