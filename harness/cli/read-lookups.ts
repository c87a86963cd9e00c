import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SluiceError } from '../errors.js';
import { parseKubernetesYaml } from '../manifest/kubernetes-yaml.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../manifest/manifest.js';
import { readList, readName, readObject } from '../manifest/read-json.js';

/**
 * Reads the objects of a cluster that `lookup` is to find: a YAML list, or a `List` as `kubectl get -o yaml` prints it.
 *
 * @throws SluiceError `LOOKUPS_FILE`, exit code 2, for a file that cannot be read and for what is no such list.
 */
export async function readLookups(file: string, cwd: string): Promise<JsonObject[]> {
  const items = listItems(await parseFile(file, cwd));
  if (items === undefined) throw refuse(file, 'it holds no list');
  return items.map((item, index) => {
    if (isJsonObject(item) && isNamed(item)) return item;
    throw refuse(file, `item ${index + 1} is no object with apiVersion, kind and metadata.name`);
  });
}

async function parseFile(file: string, cwd: string): Promise<JsonValue> {
  try {
    return parseKubernetesYaml(await readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    // The objects may be Secrets: nothing of what stands there is told.
    const code = (error as NodeJS.ErrnoException).code;
    throw refuse(file, code === 'ENOENT' ? 'there is no such file' : 'it cannot be read as YAML');
  }
}

function listItems(value: JsonValue): readonly JsonValue[] | undefined {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) && value['kind'] === 'List' ? readList(value, 'items') : undefined;
}

function isNamed(object: JsonObject): boolean {
  const name = readName(readObject(object, 'metadata'), 'name');
  return [readName(object, 'apiVersion'), readName(object, 'kind'), name].every((part) => part !== undefined);
}

function refuse(file: string, evidence: string): SluiceError {
  return new SluiceError({
    code: 'LOOKUPS_FILE',
    message: `--lookups ${file}: not the objects of a cluster`,
    evidence,
    remedy: 'Write a YAML list of objects; kubectl get secret NAME -o yaml shows one.',
    exitCode: 2,
  });
}
