import { diff } from 'jest-diff';

/** Two values side by side as text: what the test expects, and what was rendered. */
export function showDifference(expected: unknown, received: unknown): string {
  const plain = (text: string): string => text;
  const shown = diff(expected, received, {
    aAnnotation: 'Expected',
    bAnnotation: 'Rendered',
    aColor: plain,
    bColor: plain,
    changeColor: plain,
    commonColor: plain,
    patchColor: plain,
    contextLines: 3,
    expand: false,
  });
  return shown ?? '';
}

/** A value in one line, shortened where it is long. */
export function showValue(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  const most = 200;
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
}
