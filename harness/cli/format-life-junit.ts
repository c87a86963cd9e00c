import { create } from 'xmlbuilder2';
import type { LifeReport } from '../e2e/life-report.js';
import { cleanXml } from './clean-xml.js';

/** A JUnit report: a suite with a test for each step. */
export function formatLifeJunit(report: LifeReport): string {
  const { steps, platform } = report;
  const document = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', { name: 'sluice e2e' });
  const suite = document.ele('testsuite', {
    name: `${report.release} (${report.valuesFiles.join(', ')})`,
    tests: steps.length,
    failures: steps.filter(({ status }) => status === 'failed').length,
    skipped: steps.filter(({ status }) => status === 'skipped').length,
    errors: 0,
    time: (report.durationMs / 1000).toFixed(3),
  });
  if (platform !== undefined) {
    const properties = suite.ele('properties');
    for (const [name, value] of Object.entries(platform)) properties.ele('property', { name, value });
  }
  for (const { name, status, text, details, durationMs, error } of steps) {
    const test = suite.ele('testcase', {
      classname: report.release,
      name,
      time: (durationMs / 1000).toFixed(3),
    });
    if (status === 'skipped') test.ele('skipped', { message: text });
    if (error !== undefined) {
      test
        .ele('failure', { type: error.code, message: cleanXml(text) })
        .txt(cleanXml([error.message, ...details].join('\n')));
    } else {
      test.ele('system-out').txt(cleanXml([text, ...details].join('\n')));
    }
  }
  return `${document.end({ prettyPrint: true })}\n`;
}
