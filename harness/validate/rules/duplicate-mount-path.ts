import { joinPointer } from '../../manifest/json-pointer.js';
import { readName, readObjects } from '../../manifest/read-json.js';
import type { Finding, Rule } from '../rule.js';

export const duplicateMountPath: Rule = {
  id: 'duplicate-mount-path',
  severity: 'error',
  title: 'No container mounts two volumes at one path.',
  check: ({ workloads }) =>
    workloads.flatMap(({ manifest, containers }) =>
      containers.flatMap(({ container, pointer }): Finding[] => {
        const seen = new Set<string>();
        return readObjects(container, 'volumeMounts').flatMap(({ item, index }) => {
          const path = readName(item, 'mountPath');
          if (path === undefined || !seen.has(path)) {
            seen.add(path ?? '');
            return [];
          }
          return {
            manifest,
            pointer: joinPointer(pointer, 'volumeMounts', index, 'mountPath'),
            message: `${path} is mounted twice; the API server refuses the object`,
            remedy: 'Mount one of them elsewhere, or put both sources into one projected volume.',
          };
        });
      }),
    ),
};
