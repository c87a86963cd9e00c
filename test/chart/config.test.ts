import fc from 'fast-check';
import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { effectiveEnv } from '../../harness/index.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import {
  listNames,
  NO_WORKLOAD,
  pick,
  render,
  renderFiles,
  renderOnce,
  renderWithHelm4,
} from './support/render.js';

const ONLY_CONFIG = `${stringify(NO_WORKLOAD)}config:\n`;

/** Helm 3.17 writes values as YAML without escapes to hold them against a schema, and cannot read these back. */
const FORBIDDEN_BY_HELM_3 = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/u;

/** Everything that YAML can carry; no half of a surrogate pair. */
const anyText = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(
        'a',
        ' ',
        '\n',
        '\r',
        '\t',
        '"',
        "'",
        '#',
        ':',
        '\\',
        '$(A)',
        '$$',
        '{{',
        '}}',
        '%',
        '-',
        '&',
        '*',
        '!',
        '|',
        '>',
        '\u0000',
        '\u0007',
        '\u001b',
        '\u0085',
        '\u2028',
        '\ufeff',
        'é',
        '😀',
        '\u{10ffff}',
      ),
      maxLength: 30,
    }),
  )
  .filter((text) => !FORBIDDEN_BY_HELM_3.test(text));
const anyNumber = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
);
const anyName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/u);

/** How a person would write the number: whole digits, no exponent. */
function writeNumber(value: number): string {
  const [digits = '', exponent] = String(Math.abs(value)).split('e-');
  const sign = value < 0 ? '-' : '';
  if (exponent === undefined) return `${sign}${digits}`;
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${digits.replace('.', '')}`;
}

/** A quoted text of YAML. What Helm's YAML takes for line breaks and JSON does not is escaped as well. */
function quoteYaml(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

async function configOf(lines: string): Promise<unknown> {
  return pick(await renderFiles(`${ONLY_CONFIG}${lines}`), 'ConfigMap/demo-config', 'data');
}

describe('configuration', () => {
  it('arrives exactly as it is written in a values file, whatever the text', async () => {
    const property = fc.asyncProperty(
      fc.dictionary(anyName, anyText, { minKeys: 5, maxKeys: 40 }),
      async (config) => {
        // An own __proto__ would not survive JavaScript's own literals.
        fc.pre(!Object.hasOwn(config, '__proto__'));
        const lines = Object.entries(config).map(
          ([name, text]) => `  ${quoteYaml(name)}: ${quoteYaml(text)}\n`,
        );
        const release = await renderFiles(`${ONLY_CONFIG}${lines.join('')}`);
        expect(pick(release, 'ConfigMap/demo-config', 'data')).toEqual({ ...config });
      },
    );
    await fc.assert(property, { numRuns: 25 });
  }, 60_000);

  it('arrives exactly as given by JSON, whatever the scalar', async () => {
    const scalar = fc.oneof(anyText, anyNumber, fc.boolean());
    const property = fc.asyncProperty(
      fc.dictionary(anyName, scalar, { minKeys: 5, maxKeys: 40 }),
      async (config) => {
        fc.pre(!Object.hasOwn(config, '__proto__'));
        const release = await renderOnce({ ...NO_WORKLOAD, config });
        const expected = Object.fromEntries(
          Object.entries(config).map(([name, value]) => [
            name,
            typeof value === 'number' ? writeNumber(value) : String(value),
          ]),
        );
        expect(pick(release, 'ConfigMap/demo-config', 'data')).toEqual(expected);
      },
    );
    await fc.assert(property, { numRuns: 25 });
  }, 60_000);

  it('arrives unquoted as its author would expect', async () => {
    const cases: [written: string, arrives: string][] = [
      ['10000000', '10000000'],
      ['9007199254740991', '9007199254740991'],
      ['-5', '-5'],
      ['0', '0'],
      ['1.5', '1.5'],
      ['0.1', '0.1'],
      ['1.0', '1'],
      ['1e3', '1000'],
      ['0.0000001', '0.0000001'],
      ['false', 'false'],
      ['true', 'true'],
      ['""', ''],
      ['"0123"', '0123'],
      ['"yes"', 'yes'],
      ['"null"', 'null'],
      ['"10000000"', '10000000'],
      ['2024-01-31', '2024-01-31'],
      ['2024-01-31T12:00:00Z', '2024-01-31T12:00:00Z'],
      ['12:30:45', '12:30:45'],
      ['1.2.3', '1.2.3'],
      ['text # no text', 'text'],
      ['"text # text"', 'text # text'],
      ['a#b', 'a#b'],
      ['https://example.com:8080/?a=b&c=d', 'https://example.com:8080/?a=b&c=d'],
      ['"{{ .Values.x }} {{ x }}"', '{{ .Values.x }} {{ x }}'],
      ['$(X) $$(Y) ${Z} $0', '$(X) $$(Y) ${Z} $0'],
      ["'it''s'", "it's"],
      ['"  spaces  "', '  spaces  '],
      ['"a\\tb\\r\\nc"', 'a\tb\r\nc'],
      ['|\n    one\n      two\n', 'one\n  two\n'],
      ['|-\n    one\n    two\n', 'one\ntwo'],
      ['|+\n    one\n', 'one\n\n'],
      ['>\n    one\n    two\n', 'one two\n'],
      ['grüße 😀 日本', 'grüße 😀 日本'],
      ['&anchor shared', 'shared'],
    ];
    const lines = cases.map(([written], index) => `  V${index}: ${written}`).join('\n');
    const expected = Object.fromEntries(cases.map(([, arrives], index) => [`V${index}`, arrives]));
    expect(await configOf(`${lines}\n`)).toEqual(expected);
  });

  it('arrives whole when it is large', async () => {
    const text = 'line of text, "quoted" \\ $(X) {{ y }} é\n'.repeat(2500);
    expect(Buffer.byteLength(text)).toBeGreaterThan(100_000);
    const release = await renderFiles(
      stringify({ ...NO_WORKLOAD, config: { LARGE: text } }, { lineWidth: 0 }),
    );
    expect(pick(release, 'ConfigMap/demo-config', 'data', 'LARGE')).toBe(text);
  });

  it('arrives with the control characters that Helm 3.17 refuses', async () => {
    const config = { C: '\u007f \u0080 \u009f \ufffe \uffff' };
    const release = await renderWithHelm4({ ...NO_WORKLOAD, config });
    expect(pick(release, 'ConfigMap/demo-config', 'data')).toEqual(config);
  });

  it('keeps whole numbers of --set exact, and its texts', async () => {
    const release = await render(NO_WORKLOAD, {
      set: ['config.BIG=9223372036854775807', 'config.ON=true'],
      setString: ['config.TEXT=1e3'],
      setJson: ['config.JSON="a\\nb"'],
    });
    expect(pick(release, 'ConfigMap/demo-config', 'data')).toEqual({
      BIG: '9223372036854775807',
      JSON: 'a\nb',
      ON: 'true',
      TEXT: '1e3',
    });
  });

  it('takes names that YAML would read as something else', async () => {
    const config: JsonObject = { n: 'a', yes: 'b', null: 'c', 'a.b': 'd', 'a-b': 'e', _: 'f', True: 'g' };
    expect(pick(await render({ ...NO_WORKLOAD, config }), 'ConfigMap/demo-config', 'data')).toEqual(config);
  });

  it.each([
    [{ LIST: ['a'] }, /^\/config\/LIST: got array, want boolean or number or string$/u],
    [{ MAP: { a: 1 } }, /^\/config\/MAP: got object, want boolean or number or string$/u],
    [{ '1A': 'x' }, /^\/1A: not a name that is allowed here$/u],
    [{ 'a b': 'x' }, /^\/a b: not a name that is allowed here$/u],
  ])('is refused where it is no scalar or has no name for a variable: %j', async (config, text) => {
    await expect(renderWithHelm4({ config })).toFailRendering(text);
  });

  it('is left out where it is null, and no ConfigMap is made of nothing', async () => {
    const base = 'config: {A: a, B: b}\n';
    const kept = await renderFiles(`${stringify(NO_WORKLOAD)}${base}`, 'config: {A: null, C: c}\n');
    expect(pick(kept, 'ConfigMap/demo-config', 'data')).toEqual({ B: 'b', C: 'c' });
    expect(
      listNames(await renderFiles(`${stringify(NO_WORKLOAD)}${base}`, 'config: {A: null, B: null}\n')),
    ).toEqual(['ServiceAccount/demo']);
    expect(listNames(await renderFiles(`${stringify(NO_WORKLOAD)}${base}`, 'config: null\n'))).toEqual([
      'ServiceAccount/demo',
    ]);
  });

  it('reaches every container that has the environment', async () => {
    const release = await render({
      config: { LOG_LEVEL: 'info', TEMPLATE: '{{ x }} $(LOG_LEVEL)' },
      initContainers: { prepare: {}, alone: { inheritEnv: false } },
      sidecars: { helper: { inheritEnv: true }, proxy: {} },
      workers: { mail: {}, odd: { inheritEnv: false } },
      cronJobs: { nightly: { schedule: '0 3 * * *' } },
      jobs: { migrate: {} },
    });
    const having = effectiveEnv(release.manifests)
      .filter(({ variables }) => variables.some(({ name }) => name === 'LOG_LEVEL'))
      .map(
        ({ workload, container }) =>
          `${workload.manifest.object.kind}/${workload.manifest.object.metadata.name.replace(/-[0-9a-f]{8}$/u, '')}/${container}`,
      );
    expect(having.sort()).toEqual([
      'CronJob/demo-nightly/app',
      'Deployment/demo-mail/app',
      'Deployment/demo/app',
      'Deployment/demo/helper',
      'Deployment/demo/prepare',
      'Job/demo-migrate/app',
      'Pod/demo-test/app',
    ]);
    expect(release).toHaveEnv('Deployment/demo/app', {
      TEMPLATE: { value: '{{ x }} $(LOG_LEVEL)', from: 'ConfigMap demo-config' },
    });
  });
});
