import { createEnvRule } from './env-rules.js';

export const envReference = createEnvRule(
  { id: 'env-reference', severity: 'error', title: 'Every $(VAR) in env is filled in.' },
  {
    'reference-before-definition': 'Move the entry behind the one that it refers to.',
    'unresolved-reference': 'Define the variable before, or write $$(VAR) where the text itself is meant.',
  },
);
