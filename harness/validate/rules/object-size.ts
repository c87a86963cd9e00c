import { isDataKey } from '../../manifest/env-name.js';
import { joinPointer } from '../../manifest/json-pointer.js';
import type { Manifest } from '../../manifest/manifest.js';
import { readStringMap } from '../../manifest/read-json.js';
import type { Finding, Rule } from '../rule.js';

/** Source: `MaxSecretSize`, the same for ConfigMaps. */
const MAX_BYTES = 1024 * 1024;

export const objectSize: Rule = {
  id: 'object-size',
  severity: 'error',
  title: 'ConfigMaps and Secrets keep to 1 MiB and have valid keys.',
  check: ({ index }) => [...index.ofKind('ConfigMap'), ...index.ofKind('Secret')].flatMap(checkData),
};

function checkData(manifest: Manifest): Finding[] {
  const { kind } = manifest.object;
  const encoded = kind === 'Secret' ? 'data' : 'binaryData';
  const plain = kind === 'Secret' ? 'stringData' : 'data';
  let bytes = 0;
  const findings: Finding[] = [];
  for (const field of [encoded, plain]) {
    for (const [key, value] of Object.entries(readStringMap(manifest.object, field))) {
      bytes += field === plain ? Buffer.byteLength(value) : Math.floor((value.length * 3) / 4);
      if (!isDataKey(key)) findings.push(describeKey(manifest, field, key));
    }
  }
  if (bytes > MAX_BYTES) {
    findings.push({
      manifest,
      pointer: '',
      message: `the ${kind} holds ${bytes} bytes; ${MAX_BYTES} are allowed`,
      remedy: 'Split it, or put large files into an image or a volume.',
    });
  }
  return findings;
}

function describeKey(manifest: Manifest, field: string, key: string): Finding {
  return {
    manifest,
    pointer: joinPointer('', field, key),
    message: `"${key}" is no valid key: letters, digits, -, _ and . only, at most 253`,
    remedy: 'Give the key another name.',
  };
}
