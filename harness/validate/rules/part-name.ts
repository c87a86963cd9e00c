import { joinPointer } from '../../manifest/json-pointer.js';
import type { JsonObject, Manifest } from '../../manifest/manifest.js';
import { readName, readObjects } from '../../manifest/read-json.js';
import { findPartNameProblem } from '../object-names.js';
import type { Finding, Rule } from '../rule.js';

type Part = 'container' | 'volume' | 'port';

export const partName: Rule = {
  id: 'part-name',
  severity: 'error',
  title: 'Containers, volumes and ports have valid names, each once.',
  check: ({ workloads }) =>
    workloads.flatMap(({ manifest, podSpec, podSpecPointer, containers }) => [
      ...checkNames(manifest, {
        part: 'container',
        named: containers.map(({ container, pointer }) => ({ item: container, pointer })),
      }),
      ...checkNames(manifest, { part: 'volume', named: listNamed(podSpec, 'volumes', podSpecPointer) }),
      ...containers.flatMap(({ container, pointer }) =>
        checkNames(manifest, { part: 'port', named: listNamed(container, 'ports', pointer) }),
      ),
    ]),
};

interface NamedItem {
  item: JsonObject;
  pointer: string;
}

function listNamed(parent: JsonObject, key: string, pointer: string): NamedItem[] {
  return readObjects(parent, key).map(({ item, index }) => ({
    item,
    pointer: joinPointer(pointer, key, index),
  }));
}

function checkNames(manifest: Manifest, { part, named }: { part: Part; named: NamedItem[] }): Finding[] {
  const seen = new Set<string>();
  return named.flatMap(({ item, pointer }) => {
    const name = readName(item, 'name');
    if (name === undefined) return [];
    const problem = seen.has(name) ? 'is there twice in the pod' : findPartNameProblem(part, name);
    seen.add(name);
    return problem === undefined
      ? []
      : [
          {
            manifest,
            pointer: joinPointer(pointer, 'name'),
            message: `the ${part} name "${name}" ${problem}`,
            remedy: `Give the ${part} another name.`,
          },
        ];
  });
}
