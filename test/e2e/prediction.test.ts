import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { waitUntil } from '../../harness/exec/wait-until.js';
import { renderChart } from '../../harness/helm/render-chart.js';
import { formatConditions, readConditions } from '../../harness/kube/wait-for-condition.js';
import type { ContainerEnvironment } from '../../harness/manifest/container-environment.js';
import { effectiveEnv } from '../../harness/manifest/effective-env.js';
import { revealValue } from '../../harness/manifest/env-value.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { listEvents } from '../../harness/secrets/diagnose.js';
import { readLiveEnvironment } from '../../harness/secrets/live-environment.js';
import { readStoreContent } from '../../harness/secrets/store-content.js';
import { CHART } from './support/release.js';
import { RELEASE, type Scenario, test } from './support/scenario.js';

const DOCUMENTS = 48;

/** A member's name: what people write, what a Secret can't hold, what becomes the same as another. */
const name = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[A-Z]{1,3}(_[A-Z0-9]{1,2})?$/) },
  { weight: 2, arbitrary: fc.constantFrom('A', 'B', 'a', 'dot.ted') },
  { weight: 2, arbitrary: fc.constantFrom('a.b', 'a-b', 'bad key!', 'bad_key_', 'ä', '1ST', 'x/y', '$HOME') },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 4 }) },
);
const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'line\nbreak\r\n',
    '"quoted"',
    "it's",
    '$(A) $$ ${B}',
    '世界 🔑',
    '\u2028',
    '{{ .a }}',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
/** A value as it may be written, which is not always as JSON.stringify writes it. */
const raw = fc.oneof(
  { weight: 4, arbitrary: text.map((value) => JSON.stringify(value)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...['0', '-0', '007e1', '10000000', '12345678901234567890', '1.10', '1e3', '-2.50E-3', '1e400', '0.1'],
      ...['true', 'false', 'null', '{}', '[]', '{ "a" : [1, {"b": null}] }', '"\\u00e9\\/\\n"'],
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)) },
);
/** What somebody may have stored; now and then no JSON at all. */
const document = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .array(fc.tuple(name, raw), { maxLength: 6 })
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'plain text',
      '["A"]',
      '"text"',
      'null',
      '1',
      '{"A": "b",}',
      ' {"A":\t"b"}\n',
      '{',
    ),
  },
);

const cases = fc.record({
  stored: document,
  conversionStrategy: fc.constantFrom('Default', 'Unicode'),
  property: fc.oneof(name, fc.constantFrom('a', 'a.b', 'a.0', 'A')),
});

describe('what is told from the store beforehand', () => {
  test(`is what the operator makes of ${DOCUMENTS} stored documents, read whole and by property`, async ({
    scenario,
  }) => {
    const { seed } = fc.readConfigureGlobal();
    const samples = fc.sample(cases, DOCUMENTS);
    const externalSecrets: JsonObject = {};
    await Promise.all(
      samples.map(async ({ stored, conversionStrategy, property }, at) => {
        const path = `/{system}/{environment}/doc${at}`;
        await scenario.put(`stage/doc${at}`, stored);
        const common = { optional: true, target: { deletionPolicy: 'Retain' } };
        externalSecrets[`whole${at}`] = { ...common, path, conversionStrategy, prefix: `W${at}_` };
        externalSecrets[`one${at}`] = { ...common, data: { VALUE: { path, property } }, prefix: `O${at}_` };
      }),
    );
    const values = { ...scenario.baseValues(), externalSecrets };
    const predicted = await predict(scenario, values);
    await scenario.install({ externalSecrets });
    await untilAsPredicted(scenario, predicted);
    const [live] = await readLiveEnvironment(scenario.client, {
      namespace: scenario.namespace,
      workload: RELEASE,
    });
    const actual = listValues(live!);
    const differences = [...new Set([...actual.keys(), ...predicted.values.keys()])]
      .filter((key) => predicted.values.get(key) !== UNTOLD && actual.get(key) !== predicted.values.get(key))
      .map((key) => {
        const at = Number(/^[WO](\d+)_/u.exec(key)?.[1]);
        return { key, predicted: predicted.values.get(key), actual: actual.get(key), ...samples[at], seed };
      });
    expect(differences).toEqual([]);
  });
});

interface Prediction {
  values: ReadonlyMap<string, string>;
  /** What is said of the ExternalSecrets that should fail. */
  failing: ReadonlyMap<string, string>;
  /** Those of which nothing is foretold: their property is a query. */
  untold: ReadonlySet<string>;
}

const UNTOLD = '<unknown>';

async function predict(scenario: Scenario, values: JsonObject): Promise<Prediction> {
  const { namespace } = scenario;
  const { manifests } = await renderChart({ chart: CHART, release: RELEASE, namespace, values });
  const known = await readStoreContent(manifests, { namespace, storeOf: () => scenario.parameters });
  const [environment] = effectiveEnv(manifests, { namespace, known, workload: RELEASE });
  const { container, pointer } = {
    container: environment!.workload.containers[0]!,
    pointer: environment!.pointer,
  };
  const sources = container.container['envFrom'] as { secretRef: { name: string }; prefix: string }[];
  const failing = new Map(
    environment!.problems.flatMap(({ pointer: at, code, message }): [string, string][] => {
      const index = Number(at.slice(`${pointer}/envFrom/`.length));
      return code === 'source-problem' ? [[sources[index]!.secretRef.name, message]] : [];
    }),
  );
  const lost = sources.filter(({ secretRef }) => failing.has(secretRef.name)).map(({ prefix }) => prefix);
  const all = [...listValues(environment!)].filter(([key]) => !lost.some((prefix) => key.startsWith(prefix)));
  const untold = environment!.variables.flatMap(({ value, origin }) =>
    value.state === 'unknown' && origin.type === 'external-secret' ? [origin.name] : [],
  );
  return { failing, values: new Map(all), untold: new Set(untold) };
}

function listValues({ variables }: ContainerEnvironment): Map<string, string> {
  return new Map(
    variables.flatMap(({ name: key, value }): [string, string][] =>
      value.state === 'absent' ? [] : [[key, revealValue(value) ?? UNTOLD]],
    ),
  );
}

async function untilAsPredicted(scenario: Scenario, { failing, untold }: Prediction): Promise<void> {
  const { client, namespace } = scenario;
  const kind = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', namespace };
  const options = { what: 'every ExternalSecret as predicted', timeoutMs: 30_000, intervalMs: 500 };
  await waitUntil(async () => {
    const events = await listEvents(client, namespace);
    const unlike = (await client.list(kind)).flatMap((object) => {
      const ready = readConditions(object).find(({ type }) => type === 'Ready')?.status;
      const causes = events.filter(
        ({ about, reason, message }) =>
          about === `ExternalSecret ${object.metadata.name}` &&
          reason === 'UpdateFailed' &&
          !/parameters/u.test(message),
      );
      if (untold.has(object.metadata.name)) return [];
      const problem = failing.get(object.metadata.name);
      const isAsPredicted = problem === undefined ? ready === 'True' : ready === 'False' && causes.length > 0;
      const said = causes.at(-1)?.message ?? '';
      return isAsPredicted
        ? []
        : [`${object.metadata.name} predicted ${problem ?? 'fine'}, ${formatConditions(object)} ${said}`];
    });
    if (unlike.length > 0) throw new Error(unlike.join('\n'));
  }, options);
}
