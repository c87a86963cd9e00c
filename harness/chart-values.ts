/**
 * Generated from chart/values.yaml. Do not edit: change the comments there.
 *
 * Types of the chart's values. A misspelt key and a value of the wrong type do not compile.
 */

/**
 * A Go duration such as 5m, 90s, 1h30m or 72h. 0 means once, never again.
 */
export type Duration = string | number;
/**
 * A key of a Secret.
 */
export type SecretKey = string;
/**
 * How pods get a Secret, as variables or as files.
 */
export type SecretConsumption = 'env' | 'files';
/**
 * An absolute path in a container.
 */
export type MountPath = string;
/**
 * Something that exists already.
 */
export type ExistingRef =
  | string
  | {
      /**
       * Name of the object.
       */
      name: string;
      /**
       * Let pods start although it is missing.
       */
      optional?: boolean | null;
      /**
       * Put before the name of every variable.
       */
      prefix?: string | null;
    };
/**
 * A variable. A scalar, or exactly one of value, secret, externalSecret, configMap, field, resource.
 */
export type EnvValue =
  | (string | number | boolean)
  | {
      /**
       * The value. $(NAME) stands for another variable, $$(NAME) for the text $(NAME).
       */
      value?: string | number | boolean | null;
      /**
       * A key of a Secret that exists already.
       */
      secret?: {
        /**
         * Name of the Secret.
         */
        name: string;
        /**
         * Key in the Secret.
         */
        key: string;
        /**
         * Let the pod start although it is missing.
         */
        optional?: boolean | null;
      } | null;
      /**
       * A key of one of externalSecrets, under another name.
       */
      externalSecret?: {
        /**
         * Name of the entry in externalSecrets.
         */
        name: string;
        /**
         * Key in its Secret.
         */
        key: string;
        /**
         * Let the pod start although it is missing. Default is the entry's own optional.
         */
        optional?: boolean | null;
      } | null;
      /**
       * A key of a ConfigMap that exists already.
       */
      configMap?: {
        /**
         * Name of the ConfigMap.
         */
        name: string;
        /**
         * Key in the ConfigMap.
         */
        key: string;
        /**
         * Let the pod start although it is missing.
         */
        optional?: boolean | null;
      } | null;
      /**
       * A field of the pod, such as metadata.name or status.podIP.
       */
      field?: string | null;
      /**
       * A resource of a container.
       */
      resource?: {
        /**
         * Name of the container. Empty means the container itself.
         */
        container?: string | null;
        /**
         * The resource, such as limits.memory.
         */
        resource: string;
        /**
         * What it is counted in, such as 1Mi.
         */
        divisor?: string | number | null;
      } | null;
    };
/**
 * The name of an environment variable.
 */
export type EnvName = string;
/**
 * A number, or a percentage such as 25%.
 */
export type IntOrPercent = number | string;
/**
 * A key that becomes part of an object's name. Names that grow too long are cut and end in a hash.
 */
export type ObjectKey = string;
/**
 * The name of a container, a port or a volume.
 */
export type ContainerName = string;

/**
 * What a values file of the chart may hold.
 */
export interface ChartValues {
  /**
   * Name of the application: the part `{app}` of secret paths and the label `app.kubernetes.io/name`. Empty means the release's name.
   */
  nameOverride?: string;
  /**
   * Full name, from which the names of all objects are made. Empty means the release's name, followed by `nameOverride` when the release's name does not contain it.
   */
  fullnameOverride?: string;
  /**
   * Labels for every object of the release.
   */
  commonLabels?: StringMapValues;
  /**
   * Annotations for every object of the release.
   */
  commonAnnotations?: StringMapValues;
  /**
   * First part of secret paths: replaces `{system}`.
   */
  system?: string;
  /**
   * Environment this release belongs to: replaces `{environment}` and `_ENV_` in secret paths. Required as soon as a path uses it.
   */
  environment?: string;
  /**
   * Environments that exist. A path with a segment that names one of them other than `environment` is refused.
   */
  environments?: string[];
  /**
   * Environments on somebody's own machine: only there may `inlineSecrets` be used.
   */
  localEnvironments?: string[];
  /**
   * Paths that environments share on purpose: name -> the exact path. They may name another environment.
   */
  sharedPaths?: {
    [k: string]: string | null;
  };
  /**
   * Image of the application.
   */
  image?: ImageValues;
  /**
   * Names of Secrets with registry credentials.
   */
  imagePullSecrets?: string[];
  /**
   * Plain configuration: NAME: scalar. Becomes the ConfigMap `<fullname>-config`, every value a string exactly as written; `null` removes an inherited name. Lists and maps are refused; numbers from 2^53 on must be quoted.
   */
  config?: {
    [k: string]: string | number | boolean | null;
  };
  /**
   * How often the operator reads a secret again, where neither the entry nor its preset says so.
   */
  refreshInterval?: Duration;
  /**
   * Store that secrets are read from, where an entry names no other.
   */
  secretStoreRef?: SecretStoreRefValues;
  /**
   * What all `externalSecrets` have in common.
   */
  externalSecretDefaults?: {
    /**
     * Labels of every ExternalSecret and of the Secret it makes.
     */
    labels?: StringMapValues;
    /**
     * Annotations of every ExternalSecret.
     */
    annotations?: StringMapValues;
    /**
     * Who owns the Secret: `Owner`, `Orphan`, `Merge` or `None`.
     */
    creationPolicy?: 'Owner' | 'Orphan' | 'Merge' | 'None';
    /**
     * What happens to the Secret when its source disappears: `Retain`, `Delete` or `Merge`.
     */
    deletionPolicy?: 'Retain' | 'Delete' | 'Merge';
    /**
     * When the operator reads again: `Periodic`, `OnChange` or `CreatedOnce`. Empty leaves it to the operator (periodic).
     */
    refreshPolicy?: '' | 'Periodic' | 'OnChange' | 'CreatedOnce';
  };
  /**
   * Secrets the operator reads from a store, by name. Each becomes an ExternalSecret `<fullname>-<name>` and a Secret of the same name, and every workload gets its keys as variables. What can be read: `path` (a whole JSON object), `data` (single keys), `find` (everything below a path), `preset`, `dataFrom`, in any combination.
   */
  externalSecrets?: {
    [k: string]: ExternalSecretValues | null;
  };
  /**
   * Stores this release brings along, by name. Name them in `secretStoreRef`.
   */
  secretStores?: {
    [k: string]: SecretStoreValues | null;
  };
  /**
   * ConfigMaps that exist already: a name, or `{name, optional, prefix}`. All their keys become variables.
   */
  existingConfigMaps?: ExistingRef[];
  /**
   * Secrets that exist already: a name, or `{name, optional, prefix}`. All their keys become variables.
   */
  existingSecrets?: ExistingRef[];
  /**
   * Secrets written in the values, for local environments only: refused unless `environment` is one of `localEnvironments`. Each becomes a Secret `<fullname>-<name>`.
   */
  inlineSecrets?: {
    [k: string]: InlineSecretValues | null;
  };
  /**
   * Bitnami SealedSecrets by name. Each becomes a SealedSecret, and the Secret that its controller makes.
   */
  sealedSecrets?: {
    [k: string]: SealedSecretValues | null;
  };
  /**
   * Single variables for every workload: NAME: scalar, or one of `{value}`, `{secret: {name, key}}`, `{externalSecret: {name, key}}`, `{configMap: {name, key}}`, `{field: path}`, `{resource: {resource}}`. They win over everything that comes through `envFrom`, and are ordered so that every `$(NAME)` finds its variable. Variables come, each over those before, from: `config`, `existingConfigMaps` as listed, `externalSecrets` by name, `inlineSecrets` by name, `sealedSecrets` by name, `existingSecrets` as listed, then `postgres`, the `…_FILE` variables of mounted secrets, `env`, and the workload's own `env`.
   */
  env?: EnvValues;
  /**
   * Variable names that two sources may define on purpose. Any other name known to be defined twice is refused.
   */
  allowDuplicateKeys?: EnvName[];
  /**
   * Credentials of a CloudNativePG cluster, from the Secret `<cluster>-app` that its operator makes.
   */
  postgres?: {
    /**
     * Name of the cluster. Empty means none.
     */
    cluster?: string;
    /**
     * Put before HOST, PORT, DATABASE, USER and PASSWORD.
     */
    prefix?: string;
    /**
     * Which Service: `rw` the primary, `ro` the replicas, `r` any instance.
     */
    access?: 'rw' | 'ro' | 'r';
    /**
     * Namespace of the cluster, for the host's name. Empty means the release's. The Secret must be in the release's.
     */
    namespace?: string;
    /**
     * The cluster's DNS domain, for the host's name.
     */
    clusterDomain?: string;
    /**
     * Port of the Service.
     */
    port?: number;
    /**
     * Name of the Secret. Empty means `<cluster>-app`.
     */
    secretName?: string;
    /**
     * Keys of the Secret.
     */
    keys?: {
      /**
       * Key with the name of the database. CloudNativePG calls it `dbname`.
       */
      database?: string;
      /**
       * Key with the user.
       */
      user?: string;
      /**
       * Key with the password.
       */
      password?: string;
    };
    /**
     * A variable with the whole URL, put together by Kubernetes from the others.
     */
    url?: {
      /**
       * Name of the variable, such as DATABASE_URL. Empty means none.
       */
      name?: string;
      /**
       * Scheme, such as `postgresql+asyncpg`.
       */
      scheme?: string;
      /**
       * What follows the question mark, such as `sslmode=require`.
       */
      query?: string;
    };
  };
  /**
   * How pods learn of changes.
   */
  rollout?: {
    /**
     * Roll the pods out when the rendered configuration changes (a checksum on the pod).
     */
    onConfigChange?: boolean;
    /**
     * Who rolls the pods out when the operator has synced another value: `reloader` (annotations for Stakater Reloader) or `none`.
     */
    onSecretChange?: 'reloader' | 'none';
  };
  /**
   * Argo CD.
   */
  argocd?: {
    /**
     * Sync waves: stores in -3, configuration and secrets in -2, jobs in -1, all else in 0.
     */
    syncWaves?: boolean;
  };
  /**
   * The application's Deployment.
   */
  deployment?: {
    /**
     * Render it. `false` for a release of jobs, workers or only configuration.
     */
    enabled?: boolean;
    /**
     * Annotations of the Deployment.
     */
    annotations?: StringMapValues;
    /**
     * Labels of the Deployment.
     */
    labels?: StringMapValues;
  };
  /**
   * Number of pods. Not rendered while `autoscaling.enabled`.
   */
  replicaCount?: number;
  /**
   * Strategy of the Deployments.
   */
  strategy?: KubernetesDeploymentStrategy;
  /**
   * How many old ReplicaSets are kept.
   */
  revisionHistoryLimit?: number;
  /**
   * Seconds a pod must be ready before it counts as available.
   */
  minReadySeconds?: number;
  /**
   * Seconds after which a rollout that does not get on counts as failed.
   */
  progressDeadlineSeconds?: number;
  /**
   * Command of the container, instead of the image's entrypoint.
   */
  command?: string[];
  /**
   * Arguments of the container.
   */
  args?: string[];
  /**
   * Working directory of the container.
   */
  workingDir?: string;
  /**
   * Ports of the container by name.
   */
  ports?: PortsValues;
  /**
   * Requests and limits of the container; also for workers, cronJobs and jobs that have none of their own.
   */
  resources?: KubernetesResourceRequirements;
  /**
   * Restarts the container when it fails.
   */
  livenessProbe?: KubernetesProbe;
  /**
   * Takes the pod out of the Service while it fails.
   */
  readinessProbe?: KubernetesProbe;
  /**
   * Holds the other probes back until it succeeds.
   */
  startupProbe?: KubernetesProbe;
  /**
   * Lifecycle hooks of the container. A `preStop` takes the place of `drainSeconds`.
   */
  lifecycle?: KubernetesLifecycle;
  /**
   * Seconds the container goes on serving when its pod is to end, because requests reach it until every node has heard of it: without them each rollout loses some. At least one second of `terminationGracePeriodSeconds` is left to the process. Only where there is a Service. 0: none.
   */
  drainSeconds?: number;
  /**
   * Seconds a pod has to end, `drainSeconds` among them.
   */
  terminationGracePeriodSeconds?: number;
  /**
   * Security context of every pod.
   */
  podSecurityContext?: KubernetesPodSecurityContext;
  /**
   * Security context of every container.
   */
  securityContext?: KubernetesSecurityContext;
  /**
   * Folders that can be written to although the root file system is read-only: /path: {sizeLimit, medium}. Mounted into the application's container and the initContainers of every workload.
   */
  writableDirs?: WritableDirsValues;
  /**
   * Volumes of every pod: NAME: volume as Kubernetes has it, without its name.
   */
  volumes?: VolumesValues;
  /**
   * Where volumes are mounted in the application's container: /path: the volume's name, or a mount as Kubernetes has it.
   */
  volumeMounts?: VolumeMountsValues;
  /**
   * Containers that run before the application, by name, started by their `order`, then by name. They get the application's environment.
   */
  initContainers?: ContainersValues;
  /**
   * Containers that run beside the application, by name. They get the application's environment only with `inheritEnv: true`.
   */
  sidecars?: ContainersValues;
  /**
   * Annotations of every pod.
   */
  podAnnotations?: StringMapValues;
  /**
   * Labels of every pod.
   */
  podLabels?: StringMapValues;
  /**
   * Labels a node must have.
   */
  nodeSelector?: StringMapValues;
  /**
   * Taints that are tolerated.
   */
  tolerations?: KubernetesToleration[];
  /**
   * Affinity of every pod.
   */
  affinity?: KubernetesAffinity;
  /**
   * How pods are spread. Without a `labelSelector` each workload's own pods are counted.
   */
  topologySpreadConstraints?: KubernetesTopologySpreadConstraint[];
  /**
   * Priority class of every pod.
   */
  priorityClassName?: string;
  /**
   * Runtime class of every pod.
   */
  runtimeClassName?: string;
  /**
   * DNS policy of every pod. Empty leaves it to Kubernetes.
   */
  dnsPolicy?: '' | 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None';
  /**
   * DNS configuration of every pod.
   */
  dnsConfig?: KubernetesPodDNSConfig;
  /**
   * Entries for /etc/hosts of every pod.
   */
  hostAliases?: KubernetesHostAlias[];
  /**
   * Give pods the variables that Kubernetes makes of every Service in the namespace (`X_SERVICE_HOST`). They hide what is missing from the configuration.
   */
  enableServiceLinks?: boolean;
  /**
   * Lets the number of the application's pods follow the load.
   */
  autoscaling?: AutoscalingValues;
  /**
   * Limits how many of the application's pods may be away at the same time.
   */
  podDisruptionBudget?: PodDisruptionBudgetValues;
  /**
   * Further Deployments by name, `<fullname>-<name>`, with the application's image and the same environment.
   */
  workers?: {
    [k: string]: WorkerValues | null;
  };
  /**
   * CronJobs by name, `<fullname>-<name>`, with the application's image and the same environment.
   */
  cronJobs?: {
    [k: string]: CronJobValues | null;
  };
  /**
   * Jobs by name, with the application's image and the same environment.
   */
  jobs?: {
    [k: string]: JobValues | null;
  };
  /**
   * The application's Service.
   */
  service?: {
    /**
     * Render it. It is left out as well when the Deployment is.
     */
    enabled?: boolean;
    /**
     * Type of the Service.
     */
    type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
    /**
     * Headless: no address of its own.
     */
    headless?: boolean;
    /**
     * Ports by name.
     */
    ports?: ServicePortsValues;
    /**
     * Annotations of the Service.
     */
    annotations?: StringMapValues;
    /**
     * Labels of the Service.
     */
    labels?: StringMapValues;
  };
  /**
   * An Ingress for the application's Service.
   */
  ingress?: {
    /**
     * Render it.
     */
    enabled?: boolean;
    /**
     * Class of the Ingress. Empty means the cluster's default.
     */
    className?: string;
    /**
     * Annotations of the Ingress.
     */
    annotations?: StringMapValues;
    /**
     * Labels of the Ingress.
     */
    labels?: StringMapValues;
    /**
     * Hosts: name: `{paths, tls}`.
     */
    hosts?: {
      [k: string]: IngressHostValues | null;
    };
  };
  /**
   * An HTTPRoute of the Gateway API for the application's Service.
   */
  httpRoute?: {
    /**
     * Render it.
     */
    enabled?: boolean;
    /**
     * Gateways, as the Gateway API has them.
     */
    parentRefs?: {
      [k: string]: unknown;
    }[];
    /**
     * Host names.
     */
    hostnames?: string[];
    /**
     * Rules, as the Gateway API has them. Without `backendRefs` a rule leads to the Service; without rules everything does.
     */
    rules?: {
      [k: string]: unknown;
    }[];
    /**
     * Annotations of the HTTPRoute.
     */
    annotations?: StringMapValues;
    /**
     * Labels of the HTTPRoute.
     */
    labels?: StringMapValues;
  };
  /**
   * A NetworkPolicy for all pods of the release.
   */
  networkPolicy?: {
    /**
     * Render it.
     */
    enabled?: boolean;
    /**
     * Who may reach the application's ports. Empty means everyone.
     */
    ingressFrom?: KubernetesNetworkPolicyPeer[];
    /**
     * Further ingress rules as Kubernetes has them.
     */
    ingressRules?: KubernetesNetworkPolicyIngressRule[];
    /**
     * Limit what pods may reach.
     */
    restrictEgress?: boolean;
    /**
     * With `restrictEgress`, let pods ask any DNS server in the cluster.
     */
    allowDns?: boolean;
    /**
     * With `restrictEgress`, what pods may reach, as Kubernetes has it.
     */
    egressRules?: KubernetesNetworkPolicyEgressRule[];
  };
  /**
   * The ServiceAccount of all pods.
   */
  serviceAccount?: {
    /**
     * Render it.
     */
    create?: boolean;
    /**
     * Its name. Empty means the full name, or `default` when it is not created.
     */
    name?: string;
    /**
     * Its annotations, such as `eks.amazonaws.com/role-arn`.
     */
    annotations?: StringMapValues;
    /**
     * Its labels.
     */
    labels?: StringMapValues;
    /**
     * Mount its token into the pods.
     */
    automountToken?: boolean;
  };
  /**
   * What the ServiceAccount may do.
   */
  rbac?: {
    /**
     * Render a Role and a RoleBinding.
     */
    create?: boolean;
    /**
     * Let it read exactly the Secrets of this release, by name.
     */
    readSecrets?: boolean;
    /**
     * Further rules as Kubernetes has them.
     */
    rules?: KubernetesPolicyRule[];
  };
  /**
   * A ServiceMonitor of the Prometheus operator for the application's Service.
   */
  serviceMonitor?: {
    /**
     * Render it.
     */
    enabled?: boolean;
    /**
     * Name of the Service's port.
     */
    port?: string;
    /**
     * Path of the metrics.
     */
    path?: string;
    /**
     * How often metrics are read. Empty leaves it to Prometheus.
     */
    interval?: string;
    /**
     * How long reading may take. Empty leaves it to Prometheus.
     */
    scrapeTimeout?: string;
    /**
     * Labels of the ServiceMonitor, by which Prometheus finds it.
     */
    labels?: StringMapValues;
    /**
     * Annotations of the ServiceMonitor.
     */
    annotations?: StringMapValues;
    /**
     * Relabelling before metrics are read.
     */
    relabelings?: {
      [k: string]: unknown;
    }[];
    /**
     * Relabelling of metrics.
     */
    metricRelabelings?: {
      [k: string]: unknown;
    }[];
  };
  /**
   * Further objects by name, as Kubernetes has them. A missing `metadata.name` becomes `<fullname>-<name>`, a missing namespace that of the release; the release's labels are added.
   */
  extraObjects?: {
    [k: string]: {
      /**
       * API version of the object.
       */
      apiVersion: string;
      /**
       * Kind of the object.
       */
      kind: string;
      [k: string]: unknown;
    } | null;
  };
  /**
   * The pod of `helm test`: it starts with the application's environment and fails when a variable that is known here is missing. It prints names, never values.
   */
  tests?: {
    /**
     * Render it.
     */
    enabled?: boolean;
    /**
     * Its image, which must have `/bin/sh`. What is left out comes from the application's image.
     */
    image?: ImageValues;
  };
  /**
   * Values that Helm shares with subcharts. The chart reads none of them.
   */
  global?: {
    [k: string]: unknown;
  };
}
/**
 * Names and values that Kubernetes keeps as strings. null removes an inherited entry.
 */
export interface StringMapValues {
  [k: string]: string | number | boolean | null;
}
/**
 * A container image.
 */
export interface ImageValues {
  /**
   * Image without tag and digest. Empty means the application's own image.
   */
  repository?: string | null;
  /**
   * Tag. Quote what looks like a number, such as "1.10".
   */
  tag?: string | number | null;
  /**
   * Digest, `sha256:` and 64 hexadecimal digits. It wins over the tag.
   */
  digest?: string | null;
  /**
   * When the node pulls the image.
   */
  pullPolicy?: ('Always' | 'IfNotPresent' | 'Never') | null;
}
/**
 * The store that secrets are read from.
 */
export interface SecretStoreRefValues {
  /**
   * Name of the store.
   */
  name?: string | null;
  /**
   * Kind of the store. Empty means the kind of the entry of that name in `secretStores`, else that of the top-level `secretStoreRef`.
   */
  kind?: ('SecretStore' | 'ClusterSecretStore') | null;
}
/**
 * One ExternalSecret and the Secret that the operator makes of it.
 */
export interface ExternalSecretValues {
  /**
   * Path of a JSON object, each of whose keys becomes a key of the Secret; with a preset, the path that the preset's keys are read from. `{system}`, `{app}`, `{environment}` and `_ENV_` are replaced.
   */
  path?: string | null;
  /**
   * Property of the JSON at the path that holds the object (or, with the preset apiKey, the key).
   */
  property?: string | null;
  /**
   * Version of the parameter at the path.
   */
  version?: string | number | null;
  /**
   * How what is read from the path is decoded.
   */
  decodingStrategy?: ('None' | 'Base64' | 'Base64URL' | 'Auto') | null;
  /**
   * How names that a Secret cannot have are changed.
   */
  conversionStrategy?: ('Default' | 'Unicode') | null;
  /**
   * None reads the value, Fetch reads the parameter's tags.
   */
  metadataPolicy?: ('None' | 'Fetch') | null;
  /**
   * What the path holds. database: the properties host, port, username, password, database. apiKey: one key. tls: the properties tls.crt, tls.key, ca.crt, made a Secret of type kubernetes.io/tls. A preset has its own refresh interval (15m, 1h, 24h).
   */
  preset?: ('database' | 'apiKey' | 'tls') | null;
  /**
   * Names for the preset's keys, such as {password: DB_PASSWORD}; for apiKey {apiKey: STRIPE_API_KEY}. null leaves a key out.
   */
  keys?: {
    [k: string]: SecretKey | null;
  } | null;
  /**
   * Single keys: NAME: path, or NAME: {path, property, version …}. null removes an inherited key.
   */
  data?: {
    [k: string]: string | SecretPathValues | null;
  } | null;
  /**
   * Reads every parameter below a path.
   */
  find?: SecretFindValues | null;
  /**
   * Further sources as the operator has them (extract, find, sourceRef). `{system}`, `{app}`, `{environment}` and `_ENV_` are replaced in keys and paths.
   */
  dataFrom?:
    | {
        [k: string]: unknown;
      }[]
    | null;
  /**
   * How the operator renames what it reads from path and find, as the operator has it (regexp, transform, merge).
   */
  rewrite?:
    | {
        [k: string]: unknown;
      }[]
    | null;
  /**
   * What the Secret holds: KEY: text with the operator's own {{ }}, which Helm leaves alone. By default only these keys; target.mergePolicy Merge keeps those read as well.
   */
  template?: {
    [k: string]: string | number | boolean | null;
  } | null;
  /**
   * How often the operator reads again.
   */
  refreshInterval?: Duration | null;
  /**
   * When the operator reads again. Empty means that of externalSecretDefaults.
   */
  refreshPolicy?: ('' | 'Periodic' | 'OnChange' | 'CreatedOnce') | null;
  /**
   * The store, where it is not the top-level one.
   */
  secretStoreRef?: SecretStoreRefValues | null;
  /**
   * The Secret that the operator makes.
   */
  target?: SecretTargetValues | null;
  /**
   * Labels of the ExternalSecret and of the Secret, over those of externalSecretDefaults.
   */
  labels?: StringMapValues | null;
  /**
   * Annotations of the ExternalSecret, over those of externalSecretDefaults.
   */
  annotations?: StringMapValues | null;
  /**
   * How pods get the Secret, as variables or as files. Empty means env.
   */
  mountAs?: SecretConsumption | null;
  /**
   * Put every key into the environment. Default true; false for the preset tls, mountAs files and creationPolicy None.
   */
  envFrom?: boolean | null;
  /**
   * Put before the name of every variable.
   */
  prefix?: string | null;
  /**
   * Let pods start although the Secret is missing.
   */
  optional?: boolean | null;
  /**
   * Folder of the files with mountAs files. Empty means /run/secrets/<key of this entry>.
   */
  mountPath?: MountPath | null;
  /**
   * With mountAs files, a variable NAME_FILE with the file's path for every key that is known here.
   */
  fileVariables?: boolean | null;
}
/**
 * Where one key of a Secret is read from.
 */
export interface SecretPathValues {
  /**
   * Path in the store. `{system}`, `{app}`, `{environment}` and `_ENV_` are replaced.
   */
  path: string;
  /**
   * Property of the JSON at the path.
   */
  property?: string | null;
  /**
   * Version of the parameter.
   */
  version?: string | number | null;
  /**
   * How the value is decoded.
   */
  decodingStrategy?: ('None' | 'Base64' | 'Base64URL' | 'Auto') | null;
  /**
   * How names that a Secret cannot have are changed.
   */
  conversionStrategy?: ('Default' | 'Unicode') | null;
  /**
   * None reads the value, Fetch reads the parameter's tags.
   */
  metadataPolicy?: ('None' | 'Fetch') | null;
}
/**
 * Reads every parameter below a path.
 */
export interface SecretFindValues {
  /**
   * Path to search below. `{system}`, `{app}`, `{environment}` and `_ENV_` are replaced.
   */
  path?: string | null;
  /**
   * Regular expression that the whole name of the parameter must match somewhere. `{system}`, `{app}`, `{environment}` and `_ENV_` are replaced.
   */
  name?: string | null;
  /**
   * Tags that the parameter must have. `{system}`, `{app}`, `{environment}` and `_ENV_` are replaced in their values.
   */
  tags?: {
    [k: string]: string | null;
  } | null;
  /**
   * Leave the path out of the key, and write what a key cannot hold as an underscore, so that /a/b/DB_HOST below /a/b becomes DB_HOST.
   */
  stripPath?: boolean | null;
  /**
   * Write the keys in upper case, so that db_host becomes DB_HOST.
   */
  upperCase?: boolean | null;
  /**
   * How the values are decoded.
   */
  decodingStrategy?: ('None' | 'Base64' | 'Base64URL' | 'Auto') | null;
  /**
   * How names that a Secret cannot have are changed.
   */
  conversionStrategy?: ('Default' | 'Unicode') | null;
}
/**
 * The Secret that the operator makes.
 */
export interface SecretTargetValues {
  /**
   * Name of the Secret. Empty means that of the ExternalSecret.
   */
  name?: string | null;
  /**
   * Who owns the Secret. Empty means that of externalSecretDefaults.
   */
  creationPolicy?: ('Owner' | 'Orphan' | 'Merge' | 'None') | null;
  /**
   * What happens to the Secret when its source disappears. Empty means that of externalSecretDefaults.
   */
  deletionPolicy?: ('Retain' | 'Delete' | 'Merge') | null;
  /**
   * Make the Secret immutable.
   */
  immutable?: boolean | null;
  /**
   * Type of the Secret. Empty means Opaque, or that of the preset.
   */
  type?: string | null;
  /**
   * Replace keeps only the keys of the template, Merge keeps the keys that were read as well.
   */
  mergePolicy?: ('Replace' | 'Merge') | null;
  /**
   * Templates from ConfigMaps and Secrets, as the operator has them.
   */
  templateFrom?:
    | {
        [k: string]: unknown;
      }[]
    | null;
  /**
   * Labels of the Secret, over those of the ExternalSecret.
   */
  labels?: StringMapValues | null;
  /**
   * Annotations of the Secret.
   */
  annotations?: StringMapValues | null;
}
/**
 * One SecretStore or ClusterSecretStore. Exactly one of aws, kubernetes, vault, infisical, spec.
 */
export interface SecretStoreValues {
  /**
   * Name of the store. Empty means the key of this entry.
   */
  name?: string | null;
  /**
   * ClusterSecretStore instead of SecretStore.
   */
  cluster?: boolean | null;
  /**
   * AWS Parameter Store or Secrets Manager.
   */
  aws?: AwsStoreValues | null;
  /**
   * Secrets of this or another cluster.
   */
  kubernetes?: KubernetesStoreValues | null;
  /**
   * HashiCorp Vault.
   */
  vault?: VaultStoreValues | null;
  /**
   * Infisical.
   */
  infisical?: InfisicalStoreValues | null;
  /**
   * The whole spec as the operator has it, for every other provider. Nothing in it is replaced or checked.
   */
  spec?: {
    [k: string]: unknown;
  } | null;
  /**
   * Which operator looks after the store, where there are several.
   */
  controller?: string | null;
  /**
   * Seconds between two checks of the store.
   */
  refreshInterval?: number | null;
  /**
   * How often the operator tries again.
   */
  retrySettings?: {
    /**
     * How many times.
     */
    maxRetries?: number | null;
    /**
     * How long between two tries.
     */
    retryInterval?: Duration | null;
  } | null;
  /**
   * Namespaces that may use a ClusterSecretStore, as the operator has it.
   */
  conditions?:
    | {
        [k: string]: unknown;
      }[]
    | null;
  /**
   * Labels of the store.
   */
  labels?: StringMapValues | null;
  /**
   * Annotations of the store.
   */
  annotations?: StringMapValues | null;
}
/**
 * AWS Parameter Store or Secrets Manager.
 */
export interface AwsStoreValues {
  /**
   * Which service holds the secrets.
   */
  service?: ('ParameterStore' | 'SecretsManager') | null;
  /**
   * AWS region.
   */
  region: string;
  /**
   * ARN of a role to assume.
   */
  role?: string | null;
  /**
   * External id for assuming the role.
   */
  externalID?: string | null;
  /**
   * Put before every path.
   */
  prefix?: string | null;
  /**
   * podIdentity (the operator's own identity, no auth block), or {jwt: {serviceAccountRef}}, or {secretRef: {accessKeyId, secretAccessKey, sessionToken}}.
   */
  auth?:
    | 'podIdentity'
    | {
        /**
         * A ServiceAccount bound to an IAM role.
         */
        jwt?: {
          /**
           * The ServiceAccount.
           */
          serviceAccountRef: ServiceAccountRefValues;
        } | null;
        /**
         * Static keys in a Secret.
         */
        secretRef?: {
          /**
           * Where the access key id is.
           */
          accessKeyId: SecretKeyRefValues;
          /**
           * Where the secret access key is.
           */
          secretAccessKey: SecretKeyRefValues;
          /**
           * Where the session token is.
           */
          sessionToken?: SecretKeyRefValues | null;
        } | null;
      }
    | null;
}
/**
 * A ServiceAccount whose identity the operator takes.
 */
export interface ServiceAccountRefValues {
  /**
   * Name of the ServiceAccount.
   */
  name: string;
  /**
   * Its namespace, for ClusterSecretStores.
   */
  namespace?: string | null;
  /**
   * Audiences of the token.
   */
  audiences?: string[] | null;
}
/**
 * A key of a Secret that exists already, in the release's namespace or another one.
 */
export interface SecretKeyRefValues {
  /**
   * Name of the Secret.
   */
  name: string;
  /**
   * Key in the Secret.
   */
  key: string;
  /**
   * Namespace of the Secret, for ClusterSecretStores.
   */
  namespace?: string | null;
}
/**
 * Secrets of this or another cluster.
 */
export interface KubernetesStoreValues {
  /**
   * Namespace to read from. Empty means the release's.
   */
  remoteNamespace?: string | null;
  /**
   * The API server.
   */
  server?: {
    /**
     * Its address.
     */
    url?: string | null;
    /**
     * CA certificates, base64.
     */
    caBundle?: string | null;
    /**
     * Where the CA certificates are, as the operator has it. Default ConfigMap kube-root-ca.crt.
     */
    caProvider?: {
      [k: string]: unknown;
    } | null;
  } | null;
  /**
   * As the operator has it, one of serviceAccount, token, cert.
   */
  auth: {
    [k: string]: unknown;
  };
}
/**
 * HashiCorp Vault, fields as the operator has them.
 */
export interface VaultStoreValues {
  /**
   * Address of Vault.
   */
  server: string;
  /**
   * Mount path of the secrets engine. `{system}`, `{app}`, `{environment}` and `_ENV_` are replaced.
   */
  path?: string | null;
  /**
   * Namespace of Vault Enterprise. `{system}`, `{app}`, `{environment}` and `_ENV_` are replaced.
   */
  namespace?: string | null;
  /**
   * Version of the secrets engine.
   */
  version?: ('v1' | 'v2') | null;
  /**
   * As the operator has it (kubernetes, appRole, jwt, tokenSecretRef …).
   */
  auth: {
    [k: string]: unknown;
  };
  [k: string]: unknown;
}
/**
 * Infisical.
 */
export interface InfisicalStoreValues {
  /**
   * Address of the API.
   */
  hostAPI?: string | null;
  /**
   * The project.
   */
  projectSlug: string;
  /**
   * The project's environment. `{environment}` and `_ENV_` are replaced.
   */
  environmentSlug?: string | null;
  /**
   * Folder. `{system}`, `{app}`, `{environment}` and `_ENV_` are replaced.
   */
  secretsPath?: string | null;
  /**
   * Read folders below it too.
   */
  recursive?: boolean | null;
  /**
   * Resolve references between secrets.
   */
  expandSecretReferences?: boolean | null;
  /**
   * As the operator has it, such as universalAuthCredentials.
   */
  auth: {
    [k: string]: unknown;
  };
}
/**
 * A Secret whose values are written in the values file.
 */
export interface InlineSecretValues {
  /**
   * KEY: scalar. null removes an inherited key.
   */
  data?: {
    [k: string]: string | number | boolean | null;
  } | null;
  /**
   * Type of the Secret.
   */
  type?: string | null;
  /**
   * Labels of the Secret.
   */
  labels?: StringMapValues | null;
  /**
   * Annotations of the Secret.
   */
  annotations?: StringMapValues | null;
  /**
   * How pods get the Secret, as variables or as files. Empty means env.
   */
  mountAs?: SecretConsumption | null;
  /**
   * Put every key into the environment. Default true; false with mountAs files.
   */
  envFrom?: boolean | null;
  /**
   * Put before the name of every variable.
   */
  prefix?: string | null;
  /**
   * Folder of the files with mountAs files. Empty means /run/secrets/<key of this entry>.
   */
  mountPath?: MountPath | null;
  /**
   * With mountAs files, a variable NAME_FILE with the file's path for every key.
   */
  fileVariables?: boolean | null;
}
/**
 * A Bitnami SealedSecret.
 */
export interface SealedSecretValues {
  /**
   * Name of the SealedSecret and of the Secret. Sealing is bound to it unless the scope says otherwise. Empty means <fullname>-<key of this entry>.
   */
  name?: string | null;
  /**
   * KEY: what kubeseal printed. null removes an inherited key.
   */
  encryptedData?: {
    [k: string]: string | null;
  } | null;
  /**
   * What the sealing is bound to.
   */
  scope?: ('strict' | 'namespace-wide' | 'cluster-wide') | null;
  /**
   * Type of the Secret.
   */
  type?: string | null;
  /**
   * Make the Secret immutable.
   */
  immutable?: boolean | null;
  /**
   * Labels of the SealedSecret and the Secret.
   */
  labels?: StringMapValues | null;
  /**
   * Annotations of the SealedSecret and the Secret.
   */
  annotations?: StringMapValues | null;
  /**
   * How pods get the Secret, as variables or as files. Empty means env.
   */
  mountAs?: SecretConsumption | null;
  /**
   * Put every key into the environment. Default true; false with mountAs files.
   */
  envFrom?: boolean | null;
  /**
   * Put before the name of every variable.
   */
  prefix?: string | null;
  /**
   * Let pods start although the Secret is missing.
   */
  optional?: boolean | null;
  /**
   * Folder of the files with mountAs files. Empty means /run/secrets/<key of this entry>.
   */
  mountPath?: MountPath | null;
  /**
   * With mountAs files, a variable NAME_FILE with the file's path for every key.
   */
  fileVariables?: boolean | null;
}
/**
 * Variables: NAME: scalar, or one of the sources. null removes an inherited variable.
 */
export interface EnvValues {
  [k: string]: EnvValue | null;
}
/**
 * The strategy as Kubernetes has it.
 */
export interface KubernetesDeploymentStrategy {
  [k: string]: unknown;
}
/**
 * Ports of the container by name. null removes an inherited one.
 */
export interface PortsValues {
  [k: string]: PortValues | null;
}
/**
 * A port of the container.
 */
export interface PortValues {
  /**
   * The port's number.
   */
  containerPort: number;
  /**
   * The protocol.
   */
  protocol?: ('TCP' | 'UDP' | 'SCTP') | null;
  /**
   * The port on the node.
   */
  hostPort?: number | null;
}
/**
 * Requests and limits as Kubernetes has them.
 */
export interface KubernetesResourceRequirements {
  [k: string]: unknown;
}
/**
 * A probe as Kubernetes has it.
 */
export interface KubernetesProbe {
  [k: string]: unknown;
}
/**
 * Lifecycle hooks as Kubernetes has them.
 */
export interface KubernetesLifecycle {
  [k: string]: unknown;
}
/**
 * The pod's security context as Kubernetes has it.
 */
export interface KubernetesPodSecurityContext {
  [k: string]: unknown;
}
/**
 * The container's security context as Kubernetes has it.
 */
export interface KubernetesSecurityContext {
  [k: string]: unknown;
}
/**
 * Folders that can be written to although the root file system is read-only. null removes an inherited one.
 */
export interface WritableDirsValues {
  [k: string]: WritableDirValues | null;
}
/**
 * A folder that can be written to, empty at the start of the pod.
 */
export interface WritableDirValues {
  /**
   * How large it may grow, such as 64Mi.
   */
  sizeLimit?: string | number | null;
  /**
   * Memory keeps it in memory.
   */
  medium?: ('' | 'Memory') | null;
}
/**
 * Volumes of the pod: NAME: volume as Kubernetes has it, without its name. null removes an inherited one.
 */
export interface VolumesValues {
  [k: string]: KubernetesVolume | null;
}
/**
 * A volume as Kubernetes has it, without its name.
 */
export interface KubernetesVolume {
  [k: string]: unknown;
}
/**
 * Where volumes are mounted: /path: the volume's name, or /path: a mount as Kubernetes has it, without its path. null removes an inherited one.
 */
export interface VolumeMountsValues {
  [k: string]: string | KubernetesVolumeMount | null;
}
/**
 * A volume mount as Kubernetes has it, without its mount path.
 */
export interface KubernetesVolumeMount {
  [k: string]: unknown;
}
/**
 * Further containers by name. null removes an inherited one.
 */
export interface ContainersValues {
  [k: string]: ContainerValues | null;
}
/**
 * A further container of the pod.
 */
export interface ContainerValues {
  /**
   * Containers are started by this number, then by name.
   */
  order?: number | null;
  /**
   * Its image. What is left out comes from the application's.
   */
  image?: ImageValues | null;
  /**
   * Its command.
   */
  command?: string[] | null;
  /**
   * Its arguments.
   */
  args?: string[] | null;
  /**
   * Its working directory.
   */
  workingDir?: string | null;
  /**
   * Give it the environment and the mounted secrets of the application. Default true for initContainers, false for sidecars.
   */
  inheritEnv?: boolean | null;
  /**
   * Its own variables.
   */
  env?: EnvValues | null;
  /**
   * Its ports.
   */
  ports?: PortsValues | null;
  /**
   * Requests and limits.
   */
  resources?: KubernetesResourceRequirements | null;
  /**
   * Merged over the top-level securityContext.
   */
  securityContext?: KubernetesSecurityContext | null;
  /**
   * Restarts the container when it fails.
   */
  livenessProbe?: KubernetesProbe | null;
  /**
   * Takes the pod out of the Service while it fails.
   */
  readinessProbe?: KubernetesProbe | null;
  /**
   * Holds the other probes back until it succeeds.
   */
  startupProbe?: KubernetesProbe | null;
  /**
   * Lifecycle hooks.
   */
  lifecycle?: KubernetesLifecycle | null;
  /**
   * Its mounts.
   */
  volumeMounts?: VolumeMountsValues | null;
  /**
   * Only for sidecars. Start it before the application and stop it after (an init container that is always restarted).
   */
  native?: boolean | null;
}
/**
 * A toleration as Kubernetes has it.
 */
export interface KubernetesToleration {
  [k: string]: unknown;
}
/**
 * Affinity as Kubernetes has it.
 */
export interface KubernetesAffinity {
  [k: string]: unknown;
}
/**
 * A topology spread constraint as Kubernetes has it; the label selector is filled in when it is left out.
 */
export interface KubernetesTopologySpreadConstraint {
  [k: string]: unknown;
}
/**
 * The DNS configuration as Kubernetes has it.
 */
export interface KubernetesPodDNSConfig {
  [k: string]: unknown;
}
/**
 * A host alias as Kubernetes has it.
 */
export interface KubernetesHostAlias {
  [k: string]: unknown;
}
/**
 * A HorizontalPodAutoscaler.
 */
export interface AutoscalingValues {
  /**
   * Let the number of pods follow the load. No replicas are rendered then.
   */
  enabled?: boolean | null;
  /**
   * Never fewer.
   */
  minReplicas?: number | null;
  /**
   * Never more.
   */
  maxReplicas?: number | null;
  /**
   * CPU, in percent of what is requested. null leaves it out.
   */
  targetCPUUtilizationPercentage?: number | null;
  /**
   * Memory, in percent of what is requested. null leaves it out.
   */
  targetMemoryUtilizationPercentage?: number | null;
  /**
   * Further metrics as Kubernetes has them.
   */
  metrics?: KubernetesMetricSpec[] | null;
  /**
   * How fast to scale.
   */
  behavior?: KubernetesHorizontalPodAutoscalerBehavior | null;
}
/**
 * A metric as Kubernetes has it.
 */
export interface KubernetesMetricSpec {
  [k: string]: unknown;
}
/**
 * How fast to scale, as Kubernetes has it.
 */
export interface KubernetesHorizontalPodAutoscalerBehavior {
  [k: string]: unknown;
}
/**
 * A PodDisruptionBudget.
 */
export interface PodDisruptionBudgetValues {
  /**
   * Limit how many pods may be away at the same time.
   */
  enabled?: boolean | null;
  /**
   * At least so many must be there. Not together with maxUnavailable.
   */
  minAvailable?: IntOrPercent | null;
  /**
   * At most so many may be away. 1 when neither is given.
   */
  maxUnavailable?: IntOrPercent | null;
  /**
   * Whether pods that are not ready may always be evicted.
   */
  unhealthyPodEvictionPolicy?: ('AlwaysAllow' | 'IfHealthyBudget') | null;
}
/**
 * A further Deployment with the application's image and environment. What is left out comes from the top level where it says so.
 */
export interface WorkerValues {
  /**
   * Render it.
   */
  enabled?: boolean | null;
  /**
   * Number of pods.
   */
  replicaCount?: number | null;
  /**
   * Its image. What is left out comes from the top level.
   */
  image?: ImageValues | null;
  /**
   * Its command.
   */
  command?: string[] | null;
  /**
   * Its arguments.
   */
  args?: string[] | null;
  /**
   * Its working directory.
   */
  workingDir?: string | null;
  /**
   * Give it the application's environment and mounted secrets.
   */
  inheritEnv?: boolean | null;
  /**
   * Its own variables, over the common ones.
   */
  env?: EnvValues | null;
  /**
   * Its ports.
   */
  ports?: PortsValues | null;
  /**
   * Requests and limits, instead of the top-level ones.
   */
  resources?: KubernetesResourceRequirements | null;
  /**
   * Restarts the container when it fails.
   */
  livenessProbe?: KubernetesProbe | null;
  /**
   * Holds a rollout back while it fails.
   */
  readinessProbe?: KubernetesProbe | null;
  /**
   * Holds the other probes back until it succeeds.
   */
  startupProbe?: KubernetesProbe | null;
  /**
   * Lifecycle hooks.
   */
  lifecycle?: KubernetesLifecycle | null;
  /**
   * Strategy, instead of the top-level one.
   */
  strategy?: KubernetesDeploymentStrategy | null;
  /**
   * How many old ReplicaSets are kept, instead of the top-level number.
   */
  revisionHistoryLimit?: number | null;
  /**
   * Instead of the top-level number.
   */
  minReadySeconds?: number | null;
  /**
   * Instead of the top-level number.
   */
  progressDeadlineSeconds?: number | null;
  /**
   * Seconds a pod has to end, instead of the top-level number.
   */
  terminationGracePeriodSeconds?: number | null;
  /**
   * Merged over the top-level one.
   */
  podSecurityContext?: KubernetesPodSecurityContext | null;
  /**
   * Merged over the top-level one.
   */
  securityContext?: KubernetesSecurityContext | null;
  /**
   * Merged over the top-level ones.
   */
  writableDirs?: WritableDirsValues | null;
  /**
   * Merged over the top-level ones.
   */
  volumes?: VolumesValues | null;
  /**
   * Merged over the top-level ones.
   */
  volumeMounts?: VolumeMountsValues | null;
  /**
   * Its own init containers.
   */
  initContainers?: ContainersValues | null;
  /**
   * Its own sidecars.
   */
  sidecars?: ContainersValues | null;
  /**
   * Annotations of the Deployment.
   */
  annotations?: StringMapValues | null;
  /**
   * Labels of the Deployment.
   */
  labels?: StringMapValues | null;
  /**
   * Merged over the top-level ones.
   */
  podAnnotations?: StringMapValues | null;
  /**
   * Merged over the top-level ones.
   */
  podLabels?: StringMapValues | null;
  /**
   * Instead of the top-level one.
   */
  nodeSelector?: StringMapValues | null;
  /**
   * Instead of the top-level ones.
   */
  tolerations?: KubernetesToleration[] | null;
  /**
   * Instead of the top-level one.
   */
  affinity?: KubernetesAffinity | null;
  /**
   * Instead of the top-level ones.
   */
  topologySpreadConstraints?: KubernetesTopologySpreadConstraint[] | null;
  /**
   * Instead of the top-level one.
   */
  priorityClassName?: string | null;
  /**
   * Its HorizontalPodAutoscaler.
   */
  autoscaling?: AutoscalingValues | null;
  /**
   * Its PodDisruptionBudget.
   */
  podDisruptionBudget?: PodDisruptionBudgetValues | null;
}
/**
 * A CronJob with the application's image and environment.
 */
export interface CronJobValues {
  /**
   * Render it.
   */
  enabled?: boolean | null;
  /**
   * When it runs, such as "* /5 * * * *".
   */
  schedule: string;
  /**
   * Time zone of the schedule, such as Europe/Berlin.
   */
  timeZone?: string | null;
  /**
   * Do not run it.
   */
  suspend?: boolean | null;
  /**
   * What happens when it is still running.
   */
  concurrencyPolicy?: ('Allow' | 'Forbid' | 'Replace') | null;
  /**
   * How late it may start.
   */
  startingDeadlineSeconds?: number | null;
  /**
   * How many finished jobs are kept.
   */
  successfulJobsHistoryLimit?: number | null;
  /**
   * How many failed jobs are kept.
   */
  failedJobsHistoryLimit?: number | null;
  /**
   * How often it is tried again.
   */
  backoffLimit?: number | null;
  /**
   * How long it may take.
   */
  activeDeadlineSeconds?: number | null;
  /**
   * When a finished job is removed.
   */
  ttlSecondsAfterFinished?: number | null;
  /**
   * Whether the container is started again in the same pod.
   */
  restartPolicy?: ('Never' | 'OnFailure') | null;
  /**
   * Its image. What is left out comes from the top level.
   */
  image?: ImageValues | null;
  /**
   * Its command.
   */
  command?: string[] | null;
  /**
   * Its arguments.
   */
  args?: string[] | null;
  /**
   * Its working directory.
   */
  workingDir?: string | null;
  /**
   * Give it the application's environment and mounted secrets.
   */
  inheritEnv?: boolean | null;
  /**
   * Its own variables, over the common ones.
   */
  env?: EnvValues | null;
  /**
   * Requests and limits, instead of the top-level ones.
   */
  resources?: KubernetesResourceRequirements | null;
  /**
   * Seconds a pod has to end, instead of the top-level number.
   */
  terminationGracePeriodSeconds?: number | null;
  /**
   * Merged over the top-level one.
   */
  podSecurityContext?: KubernetesPodSecurityContext | null;
  /**
   * Merged over the top-level one.
   */
  securityContext?: KubernetesSecurityContext | null;
  /**
   * Merged over the top-level ones.
   */
  writableDirs?: WritableDirsValues | null;
  /**
   * Merged over the top-level ones.
   */
  volumes?: VolumesValues | null;
  /**
   * Merged over the top-level ones.
   */
  volumeMounts?: VolumeMountsValues | null;
  /**
   * Its own init containers.
   */
  initContainers?: ContainersValues | null;
  /**
   * Its own sidecars. Only native ones let the job end.
   */
  sidecars?: ContainersValues | null;
  /**
   * Annotations of the CronJob.
   */
  annotations?: StringMapValues | null;
  /**
   * Labels of the CronJob.
   */
  labels?: StringMapValues | null;
  /**
   * Merged over the top-level ones.
   */
  podAnnotations?: StringMapValues | null;
  /**
   * Merged over the top-level ones.
   */
  podLabels?: StringMapValues | null;
  /**
   * Instead of the top-level one.
   */
  nodeSelector?: StringMapValues | null;
  /**
   * Instead of the top-level ones.
   */
  tolerations?: KubernetesToleration[] | null;
  /**
   * Instead of the top-level one.
   */
  affinity?: KubernetesAffinity | null;
  /**
   * Instead of the top-level one.
   */
  priorityClassName?: string | null;
}
/**
 * A Job with the application's image and environment.
 */
export interface JobValues {
  /**
   * Render it.
   */
  enabled?: boolean | null;
  /**
   * Run it as a Helm hook. Without one the Job's name ends in a hash of what it runs, because Kubernetes refuses to change a Job: it runs again when that changes.
   */
  hook?: {
    /**
     * When it runs. Before an installation or upgrade the release's new ConfigMap and Secrets are not there yet.
     */
    events: (
      | 'pre-install'
      | 'post-install'
      | 'pre-upgrade'
      | 'post-upgrade'
      | 'pre-rollback'
      | 'post-rollback'
      | 'pre-delete'
      | 'post-delete'
    )[];
    /**
     * Hooks run by their weight.
     */
    weight?: number | null;
    /**
     * When the Job is removed.
     */
    deletePolicies?: ('before-hook-creation' | 'hook-succeeded' | 'hook-failed')[] | null;
  } | null;
  /**
   * How many pods must succeed.
   */
  completions?: number | null;
  /**
   * How many run at the same time.
   */
  parallelism?: number | null;
  /**
   * How often it is tried again.
   */
  backoffLimit?: number | null;
  /**
   * How long it may take.
   */
  activeDeadlineSeconds?: number | null;
  /**
   * When the finished job is removed.
   */
  ttlSecondsAfterFinished?: number | null;
  /**
   * Whether the container is started again in the same pod.
   */
  restartPolicy?: ('Never' | 'OnFailure') | null;
  /**
   * Its image. What is left out comes from the top level.
   */
  image?: ImageValues | null;
  /**
   * Its command.
   */
  command?: string[] | null;
  /**
   * Its arguments.
   */
  args?: string[] | null;
  /**
   * Its working directory.
   */
  workingDir?: string | null;
  /**
   * Give it the application's environment and mounted secrets.
   */
  inheritEnv?: boolean | null;
  /**
   * Its own variables, over the common ones.
   */
  env?: EnvValues | null;
  /**
   * Requests and limits, instead of the top-level ones.
   */
  resources?: KubernetesResourceRequirements | null;
  /**
   * Seconds a pod has to end, instead of the top-level number.
   */
  terminationGracePeriodSeconds?: number | null;
  /**
   * Merged over the top-level one.
   */
  podSecurityContext?: KubernetesPodSecurityContext | null;
  /**
   * Merged over the top-level one.
   */
  securityContext?: KubernetesSecurityContext | null;
  /**
   * Merged over the top-level ones.
   */
  writableDirs?: WritableDirsValues | null;
  /**
   * Merged over the top-level ones.
   */
  volumes?: VolumesValues | null;
  /**
   * Merged over the top-level ones.
   */
  volumeMounts?: VolumeMountsValues | null;
  /**
   * Its own init containers.
   */
  initContainers?: ContainersValues | null;
  /**
   * Its own sidecars. Only native ones let the job end.
   */
  sidecars?: ContainersValues | null;
  /**
   * Annotations of the Job.
   */
  annotations?: StringMapValues | null;
  /**
   * Labels of the Job.
   */
  labels?: StringMapValues | null;
  /**
   * Merged over the top-level ones.
   */
  podAnnotations?: StringMapValues | null;
  /**
   * Merged over the top-level ones.
   */
  podLabels?: StringMapValues | null;
  /**
   * Instead of the top-level one.
   */
  nodeSelector?: StringMapValues | null;
  /**
   * Instead of the top-level ones.
   */
  tolerations?: KubernetesToleration[] | null;
  /**
   * Instead of the top-level one.
   */
  affinity?: KubernetesAffinity | null;
  /**
   * Instead of the top-level one.
   */
  priorityClassName?: string | null;
}
/**
 * Ports of the Service by name. null removes an inherited one.
 */
export interface ServicePortsValues {
  [k: string]: ServicePortValues | null;
}
/**
 * A port of the Service.
 */
export interface ServicePortValues {
  /**
   * The port's number.
   */
  port: number;
  /**
   * Name or number of the container's port. Empty means the port of the same name.
   */
  targetPort?: string | number | null;
  /**
   * The protocol.
   */
  protocol?: ('TCP' | 'UDP' | 'SCTP') | null;
  /**
   * The application's protocol, such as kubernetes.io/h2c.
   */
  appProtocol?: string | null;
  /**
   * The port on every node.
   */
  nodePort?: number | null;
}
/**
 * A host.
 */
export interface IngressHostValues {
  /**
   * Paths. Default is / for everything below.
   */
  paths?: {
    [k: string]: IngressPathValues | null;
  } | null;
  /**
   * TLS for the host. {} lets the controller choose the certificate.
   */
  tls?: {
    /**
     * Name of the Secret with the certificate.
     */
    secretName?: string | null;
    /**
     * Name of the entry in externalSecrets with the certificate.
     */
    externalSecret?: string | null;
  } | null;
}
/**
 * A path of a host.
 */
export interface IngressPathValues {
  /**
   * How the path is compared.
   */
  pathType?: ('Prefix' | 'Exact' | 'ImplementationSpecific') | null;
  /**
   * Name or number of the Service's port. Empty means http.
   */
  port?: string | number | null;
}
/**
 * A peer as Kubernetes has it.
 */
export interface KubernetesNetworkPolicyPeer {
  [k: string]: unknown;
}
/**
 * An ingress rule as Kubernetes has it.
 */
export interface KubernetesNetworkPolicyIngressRule {
  [k: string]: unknown;
}
/**
 * An egress rule as Kubernetes has it.
 */
export interface KubernetesNetworkPolicyEgressRule {
  [k: string]: unknown;
}
/**
 * A rule as Kubernetes has it.
 */
export interface KubernetesPolicyRule {
  [k: string]: unknown;
}
