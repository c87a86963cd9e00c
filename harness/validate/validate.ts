import type { Issue, Severity } from './issue.js';
import { LineLocator } from './locate-line.js';
import { nearestName } from './nearest-name.js';
import type { Finding, Rule } from './rule.js';
import { RuleContext } from './rule-context.js';
import { ALL_RULES } from './rules/all-rules.js';
import { SchemaStore, type SchemaTexts } from './schemas/schema-store.js';
import type { DisabledRule, ValidateInput, ValidateOptions } from './validate-input.js';
import { VALUES_RULES } from './values/lint-values.js';
import { locateCause } from './values/locate-cause.js';

/** Compiled schemas, kept for as long as the texts they are made of. */
const stores = new WeakMap<SchemaTexts, SchemaStore>();

/**
 * Everything that is wrong with a rendered release, all at once, in the order of the manifests and then of the rules.
 *
 * Pure: nothing is read but the arguments. Nothing is thrown for what a chart can do wrong. A rule that is switched
 * off without a reason, or that is not known, is an issue itself (`disabled-rule`).
 */
export function validate(input: ValidateInput, options: ValidateOptions): Issue[] {
  const context = new RuleContext(input, options, openStore(options.schemas));
  const disabled = options.disabledRules ?? [];
  const off = new Set(disabled.filter(({ reason }) => reason.trim() !== '').map(({ id }) => id));
  const describe = createDescriber(context);
  const issues = ALL_RULES.filter(({ id }) => !off.has(id)).flatMap((rule, position) =>
    rule.check(context).map((finding) => ({ position, issue: describe(rule, finding), finding })),
  );
  const order = new Map(context.manifests.map((manifest, position) => [manifest, position]));
  const rankOf = ({ manifest }: Finding): number => (manifest ? (order.get(manifest) ?? -1) : -1);
  issues.sort(
    (left, right) => rankOf(left.finding) - rankOf(right.finding) || left.position - right.position,
  );
  return [...checkDisabledRules(disabled), ...removeRepeats(issues.map(({ issue }) => issue))];
}

/** Ids that {@link validate} can report, with what each asks for. */
export function listRules(): { id: string; severity: Severity; title: string }[] {
  return ALL_RULES.map(({ id, severity, title }) => ({ id, severity, title }));
}

function openStore(texts: SchemaTexts): SchemaStore {
  const known = stores.get(texts);
  if (known) return known;
  const store = SchemaStore.open(texts);
  stores.set(texts, store);
  return store;
}

function createDescriber(context: RuleContext): (rule: Rule, finding: Finding) => Issue {
  const { positions } = context;
  const lines = new LineLocator();
  return (rule, { manifest, pointer, message, remedy, severity, valuesPath }) => {
    const issue: Issue = {
      rule: rule.id,
      severity: severity ?? rule.severity,
      object: '',
      pointer,
      message,
      remedy,
    };
    const values = valuesPath
      ? positions.findNearest(valuesPath)
      : manifest && locateCause(manifest.object, pointer, positions);
    if (manifest) {
      const { object, source } = manifest;
      issue.object = `${object.kind}/${object.metadata.name}`;
      const namespace = context.index.namespaceOf(manifest);
      if (namespace !== undefined) issue.namespace = namespace;
      issue.source = { template: source.template, line: lines.locate(manifest, pointer) };
    }
    if (values) issue.values = values;
    return issue;
  };
}

/** Two ways of reading a list may come to one finding. */
function removeRepeats(issues: readonly Issue[]): Issue[] {
  const seen = new Set<string>();
  return issues.filter(({ rule, object, namespace, pointer, message, source }) => {
    const key = JSON.stringify([rule, object, namespace, pointer, message, source]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function checkDisabledRules(disabled: readonly DisabledRule[]): Issue[] {
  const known: string[] = [...ALL_RULES.map(({ id }) => id), ...Object.values(VALUES_RULES)];
  return disabled.flatMap(({ id, reason }) => {
    if (!known.includes(id)) {
      const nearest = nearestName(id, known);
      return describeDisabled(
        `there is no rule "${id}" to switch off${nearest ? `; did you mean "${nearest}"?` : ''}`,
        'docs/rules.md lists all rules.',
      );
    }
    return reason.trim() === ''
      ? describeDisabled(
          `the rule "${id}" is switched off without a reason`,
          'Say why, for whoever reads it next.',
        )
      : [];
  });
}

function describeDisabled(message: string, remedy: string): Issue[] {
  return [{ rule: 'disabled-rule', severity: 'error', object: '', pointer: '', message, remedy }];
}
