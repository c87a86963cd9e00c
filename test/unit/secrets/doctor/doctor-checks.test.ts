import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  DOCTOR_CHECKS,
  DOCTOR_LINKS,
  DOCTOR_PAGE,
} from '../../../../harness/secrets/doctor/doctor-checks.js';
import { REPOSITORY } from '../../../helpers/run-script.js';

const ids = DOCTOR_CHECKS.map(({ id }) => id);

describe(DOCTOR_PAGE, () => {
  const text = readFileSync(join(REPOSITORY, DOCTOR_PAGE), 'utf8');
  const anchors = [...text.matchAll(/^### ([\w-]+)$/gmu)].map(([, id]) => id);

  test('explains every check at an anchor of its own, in the order of the chain, and no other', () => {
    expect(anchors).toEqual(ids);
  });

  test('says of each what to do', () => {
    for (const section of text.split(/^### /mu).slice(1)) expect(section).toContain('**Remedy.**');
  });

  test('links only to anchors that are there', () => {
    const links = [...text.matchAll(/\]\(#([\w-]+)\)/gu)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((id) => !anchors.includes(id))).toEqual([]);
  });
});

test('the checks are listed link by link, and every link has one', () => {
  const links = DOCTOR_CHECKS.map(({ link }) => link);
  expect([...new Set(links)]).toEqual([...DOCTOR_LINKS]);
  const ranks = links.map((link) => DOCTOR_LINKS.indexOf(link));
  expect(ranks).toEqual([...ranks].sort((left, right) => left - right));
});

test('every check is proved by a scenario in a real cluster that says its id', () => {
  const folders = ['test/e2e', 'test/e2e/kind'].map((one) => join(REPOSITORY, one));
  const scenarios = folders
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => /doctor[\w-]*\.test\.ts$/u.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const proved = (id: string): boolean =>
    new RegExp(
      `(?:findingOf|listIds)[^\\n]*'${id}'|\\bid: '${id}'|'${id}':|toEqual\\(\\[[^\\]]*'${id}'`,
      'u',
    ).test(scenarios);
  expect(ids.filter((id) => !proved(id))).toEqual([]);
});
