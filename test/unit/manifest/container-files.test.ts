import { describe, expect, test } from 'vitest';
import type { MountedFile } from '../../../harness/manifest/container-files.js';
import { effectiveEnv } from '../../../harness/manifest/effective-env.js';
import { formatOrigin } from '../../../harness/manifest/format-origin.js';
import { parseManifests } from '../../../harness/manifest/parse-manifests.js';

const OBJECTS = `
apiVersion: v1
kind: ConfigMap
metadata: {name: files}
data: {app.ini: "a=1", other.txt: text}
binaryData: {logo.png: AAEC}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {tls.key: private, tls.crt: public}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: synced}
spec:
  secretStoreRef: {name: s}
  dataFrom: [{extract: {key: /p/app}}]
`;

function files(volume: string, mount: string): MountedFile[] {
  const pod = `
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  volumes: [{name: v, ${volume}}]
  containers: [{name: main, volumeMounts: [{name: v, ${mount}}]}]`;
  return [...effectiveEnv(parseManifests(`${OBJECTS}\n---\n${pod}`))[0]!.files];
}

const shown = (found: MountedFile[]): string[] =>
  found.map(({ path, origin }) => `${path} ← ${formatOrigin(origin)}`);

describe('mounted files', () => {
  test('are one for each key, binary ones too', () => {
    expect(shown(files('configMap: {name: files}', 'mountPath: /etc/app/'))).toEqual([
      '/etc/app/app.ini ← ConfigMap files › app.ini',
      '/etc/app/other.txt ← ConfigMap files › other.txt',
      '/etc/app/logo.png ← ConfigMap files › logo.png',
    ]);
  });

  test('are those of items, under their own paths and modes', () => {
    const found = files(
      'secret: {secretName: keys, defaultMode: 288, items: [{key: tls.key, path: private/key.pem, mode: 256}, {key: tls.crt, path: crt}]}',
      'mountPath: /tls',
    );
    expect(shown(found)).toEqual([
      '/tls/private/key.pem ← Secret keys › tls.key',
      '/tls/crt ← Secret keys › tls.crt',
    ]);
    expect(found.map(({ mode, secret, followsChanges }) => [mode, secret, followsChanges])).toEqual([
      [0o400, true, true],
      [0o440, true, true],
    ]);
    expect(found[0]!.value.state).toBe('hidden');
  });

  test('of a subPath are one file that does not follow changes', () => {
    const found = files('configMap: {name: files}', 'mountPath: /app.ini, subPath: app.ini');
    expect(shown(found)).toEqual(['/app.ini ← ConfigMap files › app.ini']);
    expect(found[0]!.followsChanges).toBe(false);
    const folder = files(
      'secret: {secretName: keys, items: [{key: tls.key, path: a/b/key}, {key: tls.crt, path: c}]}',
      'mountPath: /x, subPath: a',
    );
    expect(shown(folder)).toEqual(['/x/b/key ← Secret keys › tls.key']);
  });

  test('of a source with unknown keys are told as a folder', () => {
    expect(shown(files('secret: {secretName: synced}', 'mountPath: /s'))).toEqual(['/s/* ← store s /p/app']);
    expect(shown(files('secret: {secretName: synced, items: [{key: A, path: a}]}', 'mountPath: /s'))).toEqual(
      ['/s/a ← store s /p/app › A'],
    );
  });

  test('of projected volumes come from all of its sources', () => {
    const found = files(
      `projected: {defaultMode: 256, sources: [
        {configMap: {name: files, items: [{key: app.ini, path: app.ini}]}},
        {secret: {name: keys, items: [{key: tls.key, path: k, mode: 420}]}},
        {secret: {name: given, optional: true}},
        {downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: cpu, resourceFieldRef: {containerName: main, resource: limits.cpu}}]}},
        {serviceAccountToken: {path: token}}]}`,
      'mountPath: /all',
    );
    expect(shown(found)).toEqual([
      '/all/app.ini ← ConfigMap files › app.ini',
      '/all/k ← Secret keys › tls.key',
      '/all/* ← Secret given',
      '/all/labels ← field metadata.labels',
      '/all/cpu ← resource limits.cpu',
    ]);
    expect(found.map(({ mode }) => mode)).toEqual([0o400, 0o644, 0o400, 0o400, 0o400]);
  });

  test('of a key that is not there are missing, or absent where they are optional', () => {
    const state = (optional: string): unknown =>
      files(`configMap: {name: files, ${optional} items: [{key: gone, path: g}]}`, 'mountPath: /a')[0]!.value;
    expect(state('')).toEqual({ state: 'unknown', reason: 'missing' });
    expect(state('optional: true,')).toEqual({ state: 'absent' });
  });

  test('of other kinds of volume are none', () => {
    expect(files('emptyDir: {}', 'mountPath: /tmp')).toEqual([]);
  });
});
