import { describe, expect, it } from 'vitest';
import { renderNotes } from '../../harness/index.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { CHART } from './support/render.js';

async function notesOf(values: JsonObject): Promise<string> {
  const notes = await renderNotes({
    chart: CHART,
    release: 'demo',
    namespace: 'shop',
    values: {
      image: { repository: 'r', tag: '1' },
      readinessProbe: { tcpSocket: { port: 'http' } },
      ...values,
    },
  });
  return notes ?? '';
}

const QUIET: JsonObject = { config: { A: 'for-tests-only' } };

describe('the notes after an installation', () => {
  it('say what was created and how to look at it, and never a value', async () => {
    const notes = await notesOf({
      ...QUIET,
      environment: 'stage',
      externalSecrets: { db: { path: '/a' }, files: { mountAs: 'files', path: '/f' } },
      existingSecrets: [{ name: 'given', optional: true }],
      workers: { mail: {} },
      postgres: { cluster: 'pg' },
    });
    expect(
      notes.slice(0, notes.indexOf('\n\nMind:')),
    ).toBe(`demo is installed as demo in namespace shop, environment stage.

What pods get, each over those before:
  ConfigMap demo-config (config)
  Secret demo-db (externalSecrets.db)
  Secret demo-files (externalSecrets.files) as files in /run/secrets/files
  Secret given (existingSecrets[0]), optional
  Secret pg-app (postgres)

Have a look:
  kubectl -n shop rollout status deployment/demo
  kubectl -n shop rollout status deployment/demo-mail
  kubectl -n shop get externalsecrets -l app.kubernetes.io/instance=demo
  kubectl -n shop describe externalsecret demo-db
  kubectl -n shop describe externalsecret demo-files
  helm test demo -n shop`);
    expect(notes).not.toContain('for-tests-only');
  });

  it('have no warning where there is nothing to mind', async () => {
    expect(await notesOf(QUIET)).not.toContain('Mind:');
  });

  it.each<[string, JsonObject]>([
    [
      'externalSecrets.db is optional: pods start without it, and do not notice when it comes.',
      { externalSecrets: { db: { path: '/a', optional: true } } },
    ],
    [
      'existingSecrets[0]: pods do not start before the Secret given is there.',
      { existingSecrets: ['given'] },
    ],
    [
      'rollout.onSecretChange is none: after a secret has changed, pods keep the old value until somebody restarts them (kubectl rollout restart).',
      { rollout: { onSecretChange: 'none' } },
    ],
    [
      'rollout.onSecretChange is reloader: it needs Stakater Reloader in the cluster. Without it pods keep the old value until somebody restarts them.',
      { externalSecrets: { db: { path: '/a' } } },
    ],
    [
      'rollout.onConfigChange is false: after a change of config, pods keep the old values until somebody restarts them.',
      { rollout: { onConfigChange: false } },
    ],
    ['environment "qa" is none of environments: secret paths cannot use it.', { environment: 'qa' }],
    [
      'externalSecrets.db is read once: a rotated secret never arrives, not even by a forced sync.',
      { externalSecrets: { db: { path: '/a', refreshInterval: '0' } } },
    ],
    [
      'externalSecrets.db: deletionPolicy Delete takes the Secret away, or leaves it incomplete, when a parameter is missing.',
      { externalSecrets: { db: { path: '/a', target: { deletionPolicy: 'Delete' } } } },
    ],
    ['image has neither tag nor digest: what runs is whatever is latest.', { image: { repository: 'r' } }],
    [
      'readinessProbe is empty: the Service sends requests to pods that may not be ready.',
      { readinessProbe: {} },
    ],
    [
      'autoscaling counts CPU in percent of resources.requests.cpu, which is not set.',
      { autoscaling: { enabled: true } },
    ],
    [
      'rbac.create is set, but no pod has a token to use it with: see serviceAccount.automountToken.',
      { rbac: { create: true } },
    ],
    [
      'inlineSecrets are stored with the release in plain text.',
      { environment: 'local', environments: ['local'], inlineSecrets: { db: { data: { B: 'x' } } } },
    ],
    ['A may be defined by several sources: the last one wins.', { allowDuplicateKeys: ['A'] }],
  ])('warn: %s', async (warning, values) => {
    expect(await notesOf({ ...QUIET, ...values })).toMatch(
      new RegExp(`\\n {2}- ${warning.replaceAll(/[.[\]()]/gu, '\\$&')}(?:\\n|$)`, 'u'),
    );
  });
});
