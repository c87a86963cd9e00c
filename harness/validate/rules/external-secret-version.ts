import { joinPointer } from '../../manifest/json-pointer.js';
import { readName, readObject } from '../../manifest/read-json.js';
import { listExternalSecrets } from '../external-secret.js';
import type { Finding, Rule } from '../rule.js';

export const externalSecretVersion: Rule = {
  id: 'external-secret-version',
  severity: 'info',
  title: 'No secret is kept at an old version unnoticed.',
  check: (context) =>
    listExternalSecrets(context).flatMap(({ manifest, data, dataFrom }) =>
      [
        ...data.map(({ item, pointer }) => ({
          ref: readObject(item, 'remoteRef'),
          at: joinPointer(pointer, 'remoteRef'),
        })),
        ...dataFrom.map(({ item, pointer }) => ({
          ref: readObject(item, 'extract'),
          at: joinPointer(pointer, 'extract'),
        })),
      ].flatMap(({ ref, at }): Finding[] => {
        const version = readName(ref, 'version');
        const key = readName(ref, 'key') ?? '';
        if (version === undefined || !/^(?:\d+|uuid\/.+|[0-9a-f-]{36})$/u.test(version)) return [];
        return [
          {
            manifest,
            pointer: joinPointer(at, 'version'),
            message: `${key} is kept at version ${version}: rotations do not arrive`,
            remedy: 'Take the version away, or raise it with each rotation.',
          },
        ];
      }),
    ),
};
