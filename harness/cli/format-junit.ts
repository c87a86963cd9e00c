import { create } from 'xmlbuilder2';
import type { Issue } from '../validate/issue.js';
import type { CheckedCase } from './check.js';
import { cleanXml } from './clean-xml.js';

/**
 * A JUnit report: a suite for each case, a test for each object and one for the values themselves; errors are
 * failures, the rest is in `system-out`.
 */
export function formatJunit(checked: readonly CheckedCase[]): string {
  const document = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', { name: 'sluice check' });
  for (const one of checked) {
    const tests = groupByObject(one);
    const failures = [...tests.values()].filter((issues) => issues.some(isError)).length;
    const suite = document.ele('testsuite', {
      name: one.case.name,
      tests: tests.size,
      failures,
      errors: 0,
      time: (one.durationMs / 1000).toFixed(3),
    });
    for (const [name, issues] of tests) {
      const test = suite.ele('testcase', { classname: one.case.name, name });
      const errors = issues.filter(isError);
      if (errors[0] !== undefined) {
        test
          .ele('failure', { type: errors[0].rule, message: cleanXml(errors[0].message) })
          .txt(cleanXml(format(errors)));
      }
      const rest = issues.filter((issue) => !isError(issue));
      if (rest.length > 0) test.ele('system-out').txt(cleanXml(format(rest)));
    }
  }
  return `${document.end({ prettyPrint: true })}\n`;
}

function groupByObject(one: CheckedCase): Map<string, Issue[]> {
  const tests = new Map<string, Issue[]>([['values', []]]);
  for (const { object } of one.release?.manifests ?? [])
    tests.set(`${object.kind}/${object.metadata.name}`, []);
  for (const issue of one.issues) {
    const name = issue.object === '' ? 'values' : issue.object;
    tests.set(name, [...(tests.get(name) ?? []), issue]);
  }
  return tests;
}

function isError({ severity }: Issue): boolean {
  return severity === 'error';
}

function format(issues: readonly Issue[]): string {
  return issues
    .map(({ rule, severity, pointer, message, remedy, values }) => {
      const place = values === undefined ? '' : `${values.file}:${values.line} ${values.path}\n`;
      return `${severity} [${rule}] ${pointer}\n${place}${message}\n${remedy}`;
    })
    .join('\n\n');
}
