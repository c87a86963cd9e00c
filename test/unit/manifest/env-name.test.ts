import { describe, expect, test } from 'vitest';
import {
  isDataKey,
  isEnvName,
  isShellName,
  selectEnvNameRule,
  skipsInvalidEnvFromNames,
} from '../../../harness/manifest/env-name.js';

describe('names of variables', () => {
  test.each(['A', 'a.b', '-x', '_1', '.hidden', 'A-B'])('every release accepts %j', (name) => {
    expect(isEnvName(name, 'strict')).toBe(true);
    expect(isEnvName(name, 'relaxed')).toBe(true);
  });

  test.each(['1A', 'A B', 'A!', '..', '..x', '.'])(
    'releases before 1.32 refuse %j, later ones accept it',
    (name) => {
      expect(isEnvName(name, 'strict')).toBe(false);
      expect(isEnvName(name, 'relaxed')).toBe(true);
    },
  );

  test.each(['', 'A=B', 'é', 'A\nB', '\t'])('every release refuses %j', (name) => {
    expect(isEnvName(name, 'strict')).toBe(false);
    expect(isEnvName(name, 'relaxed')).toBe(false);
  });

  test('the rule changes with 1.32, and the newest one is the default', () => {
    expect(['1.30', 'v1.31.9', '1.32', '1.36.0', undefined].map(selectEnvNameRule)).toEqual([
      'strict',
      'strict',
      'relaxed',
      'relaxed',
      'relaxed',
    ]);
  });

  test('only kubelets before 1.30 leave out keys that are no names', () => {
    expect(['1.29', '1.30', undefined].map(skipsInvalidEnvFromNames)).toEqual([true, false, false]);
  });

  test('shells take letters, digits and _ only', () => {
    expect(['A_1', '_', '1A', 'A-B', 'A.B', ''].map(isShellName)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test('a key of a Secret has at most 253 characters of a small alphabet', () => {
    expect(['a.b-c_D9', 'a'.repeat(253)].map(isDataKey)).toEqual([true, true]);
    expect(['', 'a b', 'a'.repeat(254), '.', '..', '..a', 'é'].map(isDataKey)).toEqual(Array(7).fill(false));
  });
});
