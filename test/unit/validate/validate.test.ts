import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../harness/manifest/manifest.js';
import { loadSchemas } from '../../../harness/schemas/load-schemas.js';
import { listRules, validate } from '../../../harness/validate/validate.js';
import { check, deployment, externalSecret, tell } from '../../helpers/check-yaml.js';

const broken =
  deployment({ spec: 'replicas: "3"', container: 'imagePulPolicy: Always' }) +
  externalSecret({ spec: 'data: []' });

describe('validate', () => {
  it('finds everything at once, in the order of the manifests, and the same every time', () => {
    const issues = check(broken);
    expect(issues.map(({ object, rule }) => `${object} ${rule}`)).toEqual([
      'Deployment/web schema-type',
      'Deployment/web schema-unknown-field',
      'ExternalSecret/web-db external-secret-empty',
    ]);
    expect(check(broken)).toEqual(issues);
  });

  it('accepts nothing at all', () => {
    expect(check('')).toEqual([]);
  });

  it('leaves out a rule that is switched off with a reason', () => {
    const issues = check(broken, {
      disabledRules: [{ id: 'schema-type', reason: 'the webhook converts it' }],
    });
    expect(issues.map(({ rule }) => rule)).toEqual(['schema-unknown-field', 'external-secret-empty']);
  });

  it('refuses to switch a rule off without a reason, and one that does not exist', () => {
    const disabledRules = [
      { id: 'schema-type', reason: ' ' },
      { id: 'schema-typo', reason: 'because' },
      { id: 'nothing-like-it', reason: 'because' },
    ];
    expect(tell('disabled-rule', broken, { disabledRules })).toEqual([
      'error : the rule "schema-type" is switched off without a reason',
      'error : there is no rule "schema-typo" to switch off; did you mean "schema-type"?',
      'error : there is no rule "nothing-like-it" to switch off',
    ]);
    expect(tell('schema-type', broken, { disabledRules })).toHaveLength(1);
  });

  it('throws nothing for objects of any shape', () => {
    const shapes = [null, 'text', 1, [], {}, [null], { a: null }];
    const kinds = [
      'Deployment',
      'ExternalSecret',
      'Secret',
      'ConfigMap',
      'Service',
      'Ingress',
      'CustomResourceDefinition',
    ];
    for (const kind of kinds) {
      for (const spec of shapes) {
        const object = {
          apiVersion: 'v1',
          kind,
          metadata: { name: 'x', labels: spec, annotations: spec },
          spec,
          data: spec,
        };
        const manifest = { object, text: '', source: { template: '', index: 0, line: 1 } } as Manifest;
        expect(() => validate({ manifests: [manifest] }, { schemas: loadSchemas() })).not.toThrow();
      }
    }
  });

  it('names the values entry behind a finding', () => {
    const values = `config:\n  LOG_LEVEL: info\n  password: hunter2-hunter2\nexternalSecrets:\n  db: {path: /shop/prod/db, refreshInterval: 1m}\nenv:\n  URL: $(NOPE)\nreplicas: three\n`;
    const place = (yaml: string): unknown =>
      check(yaml, { values }).map(({ rule, values: at }) => [
        rule,
        at && `${at.path} ${at.line}:${at.column}`,
      ]);
    const configMap =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-config}\ndata: {password: hunter2-hunter2}\n';
    expect(place(configMap)).toEqual([['secret-in-plain-sight', 'config.password 3:3']]);
    expect(place(deployment({ container: 'env: [{name: URL, value: $(NOPE)}]' }))).toEqual([
      ['env-reference', 'env.URL 7:3'],
    ]);
    expect(place(deployment({ spec: 'replicas: three' }))).toEqual([['schema-type', 'replicas 8:1']]);
    expect(place(externalSecret({ interval: 1.5 as never }))).toContainEqual([
      'schema-type',
      'externalSecrets.db.refreshInterval 5:29',
    ]);
  });
});

describe('docs/rules.md', () => {
  it('has an entry for every rule, with what, why, an example and a remedy', () => {
    const text = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8');
    const entries = new Map(
      text
        .split(/^### /mu)
        .slice(1)
        .map((entry) => [/^`([^`]+)`/u.exec(entry)?.[1] ?? '', entry]),
    );
    const others = [
      'disabled-rule',
      'lossy-scalar',
      'values-duplicate-key',
      'values-tab',
      'values-unreadable',
      'values-schema',
      'render',
      'server-dry-run',
    ];
    expect([...entries.keys()].sort()).toEqual([...listRules().map(({ id }) => id), ...others].sort());
    for (const [id, entry] of entries) {
      expect(entry, id).toMatch(/\*\*Why\.\*\*[\s\S]+\*\*Example\.\*\*[\s\S]+\*\*Remedy\.\*\*/u);
    }
    for (const { id, severity } of listRules())
      expect(entries.get(id), id).toContain(`\`${id}\` · ${severity}`);
  });
});
