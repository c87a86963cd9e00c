import type { SelectionRelation } from '../../manifest/reference.js';
import type { Severity } from '../issue.js';
import type { Rule } from '../rule.js';

const EFFECTS: Readonly<Record<SelectionRelation, { severity: Severity; text: string }>> = {
  'own-pods': {
    severity: 'error',
    text: 'the selector does not match the labels of its own pods; the API server refuses the object',
  },
  'service-pods': {
    severity: 'warning',
    text: 'the Service selects no pod of the release: requests to it fail',
  },
  'disruption-budget-pods': {
    severity: 'warning',
    text: 'the budget selects no pod of the release: it protects nothing',
  },
  'network-policy-pods': {
    severity: 'warning',
    text: 'the policy selects no pod of the release: it does nothing',
  },
  'topology-spread-pods': {
    severity: 'warning',
    text: 'the constraint selects no pod of the release: it does nothing',
  },
  'pod-monitor-pods': {
    severity: 'warning',
    text: 'the monitor selects no pod of the release: nothing is scraped',
  },
  'service-monitor-services': {
    severity: 'warning',
    text: 'the monitor selects no Service of the release: nothing is scraped',
  },
};

export const emptySelection: Rule = {
  id: 'empty-selection',
  severity: 'warning',
  title: 'Every selector selects something.',
  check: ({ graph }) =>
    graph.selections
      .filter(({ matches }) => matches.length === 0)
      .map(({ from, pointer, relation }) => ({
        manifest: from,
        pointer,
        severity: EFFECTS[relation].severity,
        message: EFFECTS[relation].text,
        remedy: 'Use the same labels in the selector and on what it is to select; a shared template helps.',
      })),
};
