import type { CommandEntry } from './cli-context.js';

/** Every command in the order in which help lists them. */
export const commandEntries: readonly CommandEntry[] = [
  {
    name: 'render',
    summary: 'print the manifests, by helm template',
    load: async () => ({ run: (await import('./render.js')).runRender }),
  },
  {
    name: 'check',
    summary: 'render, validate and list what was found',
    load: async () => ({ run: (await import('./check.js')).runCheck }),
  },
  {
    name: 'coverage',
    summary: 'tell what renders, or a test run, never touched of templates and values',
    load: async () => ({ run: (await import('./coverage.js')).runCoverage }),
  },
  {
    name: 'env',
    summary: 'show each variable of each container and where it comes from',
    load: async () => ({ run: (await import('./env.js')).runEnv }),
  },
  {
    name: 'secrets',
    summary: 'read and change what a release reads from its store, and lose nothing',
    load: async () => ({ run: (await import('./secrets.js')).runSecrets }),
  },
  {
    name: 'doctor',
    summary: 'find the first broken link between the store and the process, and what to do about it',
    load: async () => ({ run: (await import('./doctor.js')).runDoctor }),
  },
  {
    name: 'rotate',
    summary: 'replace secrets, and wait until the pods hold the new ones',
    load: async () => ({ run: (await import('./rotate.js')).runRotate }),
  },
  {
    name: 'refresh',
    summary: 'have the operator read secrets again, and wait until they, and the pods, hold them',
    load: async () => ({ run: (await import('./refresh.js')).runRefresh }),
  },
  {
    name: 'run',
    summary: 'run a program here with the environment that the pod would have',
    load: async () => ({ run: (await import('./run.js')).runRun }),
  },
  {
    name: 'contract',
    summary: 'compare variables with what is agreed on them, and print it',
    load: async () => ({ run: (await import('./contract.js')).runContract }),
  },
  {
    name: 'iam',
    summary: 'print the least policy of IAM for what a release reads',
    load: async () => ({ run: (await import('./iam.js')).runIam }),
  },
  {
    name: 'cluster',
    summary: 'start, list and remove test clusters with operator and parameter store',
    load: async () => ({ run: (await import('./cluster.js')).runCluster }),
  },
  {
    name: 'e2e',
    summary: 'live through the life of a secret in a cluster, step by step with times',
    load: async () => ({ run: (await import('./e2e.js')).runE2e }),
  },
  {
    name: 'completion',
    summary: 'print the script by which a shell completes commands and options',
    load: async () => ({ run: (await import('./completion.js')).runCompletion }),
  },
];
