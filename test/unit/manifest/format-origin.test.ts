import { describe, expect, test } from 'vitest';
import type { RemoteReference, ValueSource } from '../../../harness/manifest/env-origin.js';
import { formatOrigin } from '../../../harness/manifest/format-origin.js';
import type { Manifest } from '../../../harness/manifest/manifest.js';

const manifest: Manifest = {
  object: { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' } },
  source: { template: '', index: 0, line: 1 },
  text: '',
};
const store = { name: 'aws', kind: 'ClusterSecretStore', type: 'ParameterStore' } as const;
const remote: RemoteReference = { store, key: '/platform/prod/app' };
const external = { type: 'external-secret', name: 'web-keys', key: 'TOKEN', manifest } as const;

describe('an origin in one line', () => {
  test.each<[ValueSource, string]>([
    [{ type: 'config-map', name: 'web-config', key: 'TOKEN', manifest }, 'ConfigMap web-config'],
    [{ type: 'config-map', name: 'web-config', key: 'other', manifest }, 'ConfigMap web-config › other'],
    [{ type: 'secret', name: 'web', key: 'password', manifest }, 'Secret web › password'],
    [{ type: 'sealed-secret', name: 'web', key: 'TOKEN', manifest }, 'SealedSecret web'],
    [{ type: 'existing', kind: 'Secret', name: 'pg-app', key: 'password' }, 'Secret pg-app › password'],
    [{ ...external, via: 'data', remote }, 'SSM /platform/prod/app'],
    [
      { ...external, via: 'data', remote: { ...remote, property: 'auth_token', version: '3' } },
      'SSM /platform/prod/app › auth_token (version 3)',
    ],
    [{ ...external, via: 'extract', remote }, 'SSM /platform/prod/app › TOKEN'],
    [
      { ...external, via: 'extract', remote: { store: { ...store, type: undefined }, key: 'db' } },
      'store aws db › TOKEN',
    ],
    [
      { ...external, via: 'find', remote, nameRegexp: '^LOG' },
      'SSM /platform/prod/app (names like ^LOG) › TOKEN',
    ],
    [{ ...external, via: 'find', remote }, 'SSM /platform/prod/app (every name) › TOKEN'],
    [{ ...external, via: 'generator', kind: 'Password', name: 'p' }, 'generator Password p › TOKEN'],
    [{ ...external, via: 'template', uses: [], remotes: [] }, 'template of Secret web-keys'],
    [
      {
        ...external,
        via: 'template',
        uses: ['a'],
        remotes: ['/a', '/b', '/c', '/d'].map((key) => ({ store, key })),
      },
      'template of Secret web-keys, from SSM /a, SSM /b, SSM /c and 1 more',
    ],
    [{ type: 'literal' }, 'literal'],
    [{ type: 'field', fieldPath: 'status.podIP' }, 'field status.podIP'],
    [{ type: 'resource-field', resource: 'limits.cpu', container: 'app' }, 'resource limits.cpu'],
  ])('%#', (source, text) => {
    expect(formatOrigin(source, { name: 'TOKEN' })).toBe(text);
  });
});
