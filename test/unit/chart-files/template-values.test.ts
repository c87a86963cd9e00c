import { describe, expect, it } from 'vitest';
import { readAnnotatedValues } from '../../../scripts/chart-files/annotated-values.js';
import { formatProblem } from '../../../scripts/chart-files/problem.js';
import { checkTemplateValues } from '../../../scripts/chart-files/template-values.js';

const VALUES = '# -- A.\nalpha:\n  # -- B.\n  beta: 1\n  # -- G.\n  gamma: 2\n';

function check(template: string): string[] {
  const { values } = readAnnotatedValues('values.yaml', VALUES);
  return checkTemplateValues('values.yaml', values, [{ file: 'a.yaml', text: template }]).map(formatProblem);
}

describe('values and templates', () => {
  it('agree where each value is read by its whole path', () => {
    expect(check('{{ .Values.alpha.beta }}{{ $.Values.alpha.gamma }}')).toEqual([]);
  });

  it('agree where a map is entered, or passed on whole', () => {
    expect(check('{{ with .Values.alpha }}{{ .beta }}{{ .gamma }}{{ end }}')).toEqual([]);
    expect(check('{{ toYaml .Values.alpha }}')).toEqual([]);
    expect(check('{{ include "x" (dict "a" $.Values.alpha) }}')).toEqual([]);
  });

  it('disagree where a value is read nowhere', () => {
    expect(check('{{ with .Values.alpha }}{{ .beta }}{{ end }}')).toEqual([
      'values.yaml:6: "alpha.gamma" is read by no template',
    ]);
  });

  it('disagree where a value is read only in a comment', () => {
    expect(check('{{/* gamma */}}{{ .Values.alpha.beta }}')).toEqual([
      'values.yaml:6: "alpha.gamma" is read by no template',
    ]);
  });

  it('disagree where a template reads what is not there, with its line', () => {
    expect(check('{{ .Values.alpha.beta }}\n{{ .Values.alpha.gama }}{{ .Values.alpha.gamma }}')).toEqual([
      'a.yaml:2: reads .Values.alpha.gama, which values.yaml does not have',
    ]);
  });

  it('let a template read global', () => {
    expect(check('{{ toYaml .Values.alpha }}{{ .Values.global.region }}')).toEqual([]);
  });
});
