/** What a matcher answers: whether it holds, and the text for when the test fails, in either direction. */
export interface MatcherResult {
  pass: boolean;
  message: () => string;
}
