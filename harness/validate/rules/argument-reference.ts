import type { ContainerEnvironment } from '../../manifest/container-environment.js';
import { listReferences } from '../../manifest/expand-references.js';
import { joinPointer } from '../../manifest/json-pointer.js';
import { readList } from '../../manifest/read-json.js';
import type { Finding, Rule } from '../rule.js';

export const argumentReference: Rule = {
  id: 'argument-reference',
  severity: 'warning',
  title: 'Every $(VAR) in command and args is filled in.',
  check: ({ environments }) => environments.flatMap(checkContainer),
};

function checkContainer({
  workload,
  container,
  variables,
  openEnded,
  pointer,
}: ContainerEnvironment): Finding[] {
  const found = workload.containers.find((candidate) => candidate.pointer === pointer);
  const names = new Set(variables.map(({ name }) => name));
  const isKnowable = (name: string): boolean => !openEnded.some(({ prefix }) => name.startsWith(prefix));
  return ['command', 'args'].flatMap((list) =>
    readList(found?.container, list).flatMap((text, position): Finding[] => {
      if (typeof text !== 'string') return [];
      // `$(date)` in a script is the shell's; only names like those of variables are Kubernetes'.
      const missing = listReferences(text).filter(
        (name) =>
          /^[A-Z_][A-Z0-9_]*$/u.test(name) &&
          !names.has(name) &&
          isKnowable(name) &&
          !isServiceVariable(name),
      );
      return missing.map((name) => ({
        manifest: workload.manifest,
        pointer: joinPointer(pointer, list, position),
        message: `$(${name}) stays as written: no source of container ${container} gives ${name}`,
        remedy: `Define ${name} in the container's environment.`,
      }));
    }),
  );
}

function isServiceVariable(name: string): boolean {
  return /_(?:SERVICE_HOST|SERVICE_PORT\w*|PORT(?:_\w+)?)$/u.test(name);
}
