/** A format as the API server checks it. */
export type FormatCheck = (text: string) => boolean;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;
const DATE_TIME = /^\d{4}-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/u;
/** Source: `k8s.io/apimachinery` resource.Quantity: a sign, digits, and one suffix of three families. */
const QUANTITY = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/u;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/u;
const IPV6 = /^(?=.*:)[0-9a-fA-F:.]{2,45}$/u;

/**
 * Formats in Kubernetes' definitions and in CustomResourceDefinitions; any other format is not checked, which is
 * what the API server does.
 */
export const STRING_FORMATS: Readonly<Record<string, FormatCheck>> = {
  byte: (text) => BASE64.test(text.replaceAll(/[\r\n]/gu, '')),
  'date-time': isDateTime,
  quantity: (text) => QUANTITY.test(text),
  ipv4: (text) => IPV4.test(text),
  ipv6: (text) => IPV6.test(text),
  uri: (text) => URL.canParse(text) || text.startsWith('/'),
  uuid: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/iu.test(text),
};

/** Ranges of whole numbers; a JSON number beyond 2^53 cannot be told from its neighbours and passes. */
export const NUMBER_FORMATS: Readonly<Record<string, (value: number) => boolean>> = {
  int32: (value) => value >= -(2 ** 31) && value < 2 ** 31,
  int64: (value) => value >= -(2 ** 63) && value <= 2 ** 63,
};

/** What a format means, for a message. */
export const FORMAT_TEXTS: Readonly<Record<string, string>> = {
  byte: 'base64 (with padding)',
  'date-time': 'a time such as 2030-01-31T12:00:00Z',
  quantity: 'a quantity such as 500m, 1.5 or 256Mi',
  int32: 'a whole number of 32 bits',
  int64: 'a whole number of 64 bits',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  uri: 'a URI',
  uuid: 'a UUID',
};

function isDateTime(text: string): boolean {
  const match = DATE_TIME.exec(text);
  if (!match) return false;
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 59;
}
