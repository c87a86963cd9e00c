import { readFile } from 'node:fs/promises';
import { SluiceError } from '../errors.js';
import type { KubeClient } from '../kube/kube-client.js';
import type { ObjectReference } from '../kube/resource-paths.js';
import { waitForCondition } from '../kube/wait-for-condition.js';

const ESTABLISHED_WITHIN_MS = 60_000;

/** A CustomResourceDefinition as it stands in a file. */
export interface CustomResourceText {
  reference: ObjectReference;
  text: string;
}

/**
 * Installs every CustomResourceDefinition of a file by server-side apply, and waits until all are served.
 *
 * Their text goes to the server as it is: reading the operator's 1.6 MB of YAML here would take a second.
 *
 * @throws SluiceError `CRD_BUNDLE` for a file without definitions, `NOT_IN_TIME`; KubeApiError.
 */
export async function installCustomResources(
  file: string,
  client: KubeClient,
  signal: AbortSignal,
): Promise<string[]> {
  const definitions = splitCustomResources(await readFile(file, 'utf8'));
  if (definitions.length === 0) {
    throw new SluiceError({
      code: 'CRD_BUNDLE',
      message: `file ${file}: no CustomResourceDefinition in it`,
    });
  }
  await Promise.all(
    definitions.map(async ({ reference, text }) => {
      await client.applyText(text, reference, { signal });
      await waitForCondition(client, reference, {
        type: 'Established',
        timeoutMs: ESTABLISHED_WITHIN_MS,
        signal,
      });
    }),
  );
  return definitions.map(({ reference }) => reference.name);
}

/** The documents of a stream that are CustomResourceDefinitions, as they stand there. */
export function splitCustomResources(stream: string): CustomResourceText[] {
  return stream.split(/^---.*\n/mu).flatMap((text) => {
    // Generators write these at fixed places; the name that is indented least is the object's own.
    if (!/^kind: CustomResourceDefinition\s*$/mu.test(text)) return [];
    const apiVersion = /^apiVersion: (\S+)/mu.exec(text)?.[1];
    const name = /^ {2}name: (\S+)/mu.exec(text)?.[1];
    if (apiVersion === undefined || name === undefined) return [];
    return [{ text, reference: { apiVersion, kind: 'CustomResourceDefinition', name } }];
  });
}
