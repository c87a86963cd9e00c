import { joinPointer } from '../../manifest/json-pointer.js';
import { readObject } from '../../manifest/read-json.js';
import { listExternalSecrets } from '../external-secret.js';
import type { Finding, Rule } from '../rule.js';

// What the operator's webhook holds of dataFrom (external-secrets 0.20.4, externalsecret_validator.go).
export const externalSecretSource: Rule = {
  id: 'external-secret-source',
  severity: 'error',
  title: 'Every entry of dataFrom has one source.',
  check: (context) =>
    listExternalSecrets(context).flatMap(({ manifest, dataFrom }) =>
      dataFrom.flatMap(({ item, pointer }): Finding[] => {
        const sourceRef = readObject(item, 'sourceRef');
        const generatorRef = readObject(sourceRef, 'generatorRef');
        const sources = [
          ...['extract', 'find'].filter((key) => readObject(item, key) !== undefined),
          ...(generatorRef === undefined ? [] : ['sourceRef.generatorRef']),
        ];
        if (sources.length > 1) {
          const message = `${sources.join(' and ')} in one entry: the operator's webhook refuses it`;
          return [{ manifest, pointer, message, remedy: 'Write an entry of its own for each.' }];
        }
        if (sources.length === 1) return [];
        if (sourceRef === undefined) {
          const message = "no extract, find or sourceRef: the operator's webhook refuses it";
          return [{ manifest, pointer, message, remedy: 'Say what is to be read: extract: {key: PATH}.' }];
        }
        if (readObject(sourceRef, 'storeRef') !== undefined) return [];
        const message = "neither generatorRef nor storeRef: the operator's webhook refuses it";
        const remedy = 'Name one of them, or leave sourceRef out.';
        return [{ manifest, pointer: joinPointer(pointer, 'sourceRef'), message, remedy }];
      }),
    ),
};
