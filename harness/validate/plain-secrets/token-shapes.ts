import { isPlaceholder } from './placeholder.js';

/** A shape that only credentials have. */
interface TokenShape {
  what: string;
  pattern: RegExp;
  /** True where the match is a credential after all; sees the whole match and its first group. */
  confirm?: (match: string, group: string) => boolean;
}

/** Sources: the providers' own documentation of their tokens' prefixes. */
const SHAPES: readonly TokenShape[] = [
  { what: 'a private key', pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/u },
  { what: 'an AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/u },
  { what: 'a GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{22,})/u },
  { what: 'a GitLab token', pattern: /\bglpat-[\w-]{20,}/u },
  { what: 'a Slack token', pattern: /\bxox[abeoprs]-[\w-]{10,}/u },
  { what: 'a Slack webhook', pattern: /hooks\.slack\.com\/services\/T\w{6,}\/B\w{6,}\/\w{16,}/u },
  { what: 'a Stripe key', pattern: /\b(?:[rs]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,}/u },
  { what: 'an API key of OpenAI or Anthropic', pattern: /\bsk-(?:ant-|proj-|svcacct-)?[\w-]*\w{20,}/u },
  { what: 'a Google API key', pattern: /\bAIza[\w-]{35}/u },
  { what: 'a SendGrid key', pattern: /\bSG\.[\w-]{22}\.[\w-]{43}/u },
  { what: 'a npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/u },
  { what: 'a PyPI token', pattern: /\bpypi-AgEI[\w-]{40,}/u },
  { what: 'a DigitalOcean token', pattern: /\bdo[opr]_v1_[0-9a-f]{64}\b/u },
  { what: 'a Vault token', pattern: /\bhv[bs]\.[\w-]{24,}/u },
  { what: 'an age key', pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{50,}/u },
  { what: 'a JWT', pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/u },
  { what: 'an Azure storage key', pattern: /\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}/u },
  {
    what: 'a URL with a password',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@'"]{0,200}:([^\s@'"]{1,200})@/iu,
    // A port and a path with an @ in it look alike: `https://example.com:8080/@scope`.
    confirm: (_match, password) =>
      !isPlaceholder(password) && !password.startsWith('$') && !/^\d{1,5}\//u.test(password),
  },
  {
    what: 'Basic credentials',
    pattern: /\bBasic\s+([A-Za-z0-9+/]{8,}={0,2})(?![\w+/])/u,
    confirm: (_match, encoded) =>
      /^[\x20-\x7e]+:[\x20-\x7e]+$/u.test(Buffer.from(encoded, 'base64').toString('latin1')),
  },
];

/** Every shape holds one of these; most texts hold none and are told apart by one look. */
const PREFILTER =
  /-----BEGIN |AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|hooks\.slack|[rs]k_(?:live|test)_|whsec_|sk-|AIza|SG\.|npm_|pypi-|do[opr]_v1_|hv[bs]\.|AGE-SECRET|eyJ|AccountKey=|:\/\/\S*@|Basic\s/u;

/** False only where {@link findTokenShape} finds nothing; many times as fast. */
export function mayHoldToken(text: string): boolean {
  return text.length >= 8 && PREFILTER.test(text);
}

/** Names what credential a text holds, or undefined. Documented example tokens are none. */
export function findTokenShape(text: string): string | undefined {
  if (!mayHoldToken(text)) return undefined;
  for (const { what, pattern, confirm } of SHAPES) {
    const match = pattern.exec(text);
    if (!match || /EXAMPLE/u.test(match[0])) continue;
    if (!confirm || confirm(match[0], match[1] ?? '')) return what;
  }
  return undefined;
}
