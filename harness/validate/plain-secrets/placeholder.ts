const PLACEHOLDER_WORDS =
  /^(?:change[-_ ]?(?:me|this|it)\b.*|replace[-_ ]?(?:me|this|with).*|place[-_ ]?holder|todo|tbd|none|null|nil|undefined|true|false|yes|no|on|off|enabled|disabled|required|optional|auto|default|your[-_ ].*|my[-_ ]?(?:secret|password|token)|some[-_ ].*|dummy|redacted|masked|hidden|secret|password|token|example|sample|n\/a|not[-_ ]?set|fixme)$/iu;

/** `$(X)`, `${X}`, `$X`, `{{ x }}`, `{x}`, `<x>`, `%(x)s`, `@x@`, `#{x}`: filled in by something else, later. */
const REFERENCES =
  /^(?:\$\([^)]*\)|\$\{[^}]*\}|\$\w+|\{\{[\s\S]*\}\}|\{[\w.-]+\}|<[^>]*>|%\(\w+\)s|%\w+%|@[\w.]+@|#\{[^}]*\})$/u;

/** Where a secret is kept, rather than the secret: schemes of secret managers, ARNs, files. */
const POINTERS =
  /^(?:(?:vault|ref\+\w+|secret|awssm|awsps|aws-?sm|aws-?ssm|gcpsm|azkv|op|file|env|ssm|sops|k8s|kubernetes|arn):|arn:aws|\/|\.{1,2}\/|~\/|[A-Za-z]:\\)/u;

/** True for a value that stands for a secret but is none: a word like `changeme`, a reference, a path. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  if (text === '' || /^(.)\1*$/u.test(text)) return true;
  return PLACEHOLDER_WORDS.test(text) || REFERENCES.test(text) || isPointer(text);
}

function isPointer(text: string): boolean {
  // A path has no entropy in it: `/dGhpcyBpcyBiYXNlNjQ+` is base64 that begins with a slash.
  return POINTERS.test(text) && !/^\/[A-Za-z0-9+/]{30,}={1,2}$/u.test(text);
}
