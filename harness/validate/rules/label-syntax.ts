import { joinPointer, readPointer } from '../../manifest/json-pointer.js';
import type { JsonObject, Manifest } from '../../manifest/manifest.js';
import { isJsonObject } from '../../manifest/manifest.js';
import { readObject, readStringMap } from '../../manifest/read-json.js';
import { findLabelKeyProblem, findLabelValueProblem } from '../object-names.js';
import type { Finding, Rule } from '../rule.js';

/** Limit for all annotations of an object, keys and values. Source: `TotalAnnotationSizeLimitB`. */
const MAX_ANNOTATION_BYTES = 256 * 1024;

export const labelSyntax: Rule = {
  id: 'label-syntax',
  severity: 'error',
  title: 'Labels and annotations keep to their syntax and size.',
  check: ({ manifests, workloads }) => [
    ...manifests.flatMap((manifest) => checkMetadata(manifest, '/metadata')),
    ...workloads.flatMap(({ manifest, podSpecPointer }) => {
      const pointer = podSpecPointer.replace(/spec$/u, 'metadata');
      return pointer === '/metadata' ? [] : checkMetadata(manifest, pointer);
    }),
    ...manifests.flatMap(checkSelector),
  ],
};

function checkMetadata(manifest: Manifest, pointer: string): Finding[] {
  const metadata = readPointer(manifest.object, pointer);
  if (!isJsonObject(metadata)) return [];
  return [
    ...checkLabels(manifest, readObject(metadata, 'labels'), joinPointer(pointer, 'labels')),
    ...checkAnnotations(manifest, metadata, joinPointer(pointer, 'annotations')),
  ];
}

function checkSelector(manifest: Manifest): Finding[] {
  const selector = readObject(readObject(manifest.object, 'spec'), 'selector');
  const matchLabels = readObject(selector, 'matchLabels');
  const isService = manifest.object.kind === 'Service';
  if (!matchLabels && !isService) return [];
  return checkLabels(
    manifest,
    isService ? selector : matchLabels,
    isService ? '/spec/selector' : '/spec/selector/matchLabels',
  );
}

function checkLabels(manifest: Manifest, labels: JsonObject | undefined, pointer: string): Finding[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const problem =
      findLabelKeyProblem(key) ?? (typeof value === 'string' ? findLabelValueProblem(value) : undefined);
    return problem === undefined
      ? []
      : [
          {
            manifest,
            pointer: joinPointer(pointer, key),
            message: `the label ${key} is not valid: ${problem}`,
            remedy: 'Shorten or replace it; what needs no selecting can be an annotation.',
          },
        ];
  });
}

function checkAnnotations(manifest: Manifest, metadata: JsonObject, pointer: string): Finding[] {
  const annotations = readStringMap(metadata, 'annotations');
  const findings: Finding[] = Object.keys(annotations).flatMap((key) => {
    const problem = findLabelKeyProblem(key);
    return problem === undefined
      ? []
      : [
          {
            manifest,
            pointer: joinPointer(pointer, key),
            message: `the annotation ${key} is not valid: ${problem}`,
            remedy: 'Give the annotation another key.',
          },
        ];
  });
  const bytes = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes > MAX_ANNOTATION_BYTES) {
    findings.push({
      manifest,
      pointer,
      message: `the annotations are ${bytes} bytes long; ${MAX_ANNOTATION_BYTES} are allowed`,
      remedy: 'Put large content into a ConfigMap.',
    });
  }
  return findings;
}
