import { readObject } from '../../manifest/read-json.js';
import { identifyStore } from '../../manifest/secret-stores.js';
import { type ExternalSecretParts, listExternalSecrets } from '../external-secret.js';
import type { Finding, Rule } from '../rule.js';
import type { RuleContext } from '../rule-context.js';

export const parameterStoreCost: Rule = {
  id: 'parameter-store-cost',
  severity: 'info',
  title: "Refreshing leaves room in the parameter store's request limit.",
  check: (context) => {
    const secrets = listExternalSecrets(context).filter((parts) => isParameterStore(parts, context));
    const reads = secrets.map(countReads);
    const rate = secrets.reduce(
      (sum, { intervalMs }, position) =>
        sum + (intervalMs ? (reads[position] ?? 0) / (intervalMs / 1000) : 0),
      0,
    );
    if (rate === 0) return [];
    return [
      describeCost(
        { secrets: secrets.length, reads: reads.reduce((sum, count) => sum + count, 0), rate },
        context,
      ),
    ];
  },
};

interface Cost {
  secrets: number;
  /** Requests for reading every secret once. */
  reads: number;
  /** Requests a second. */
  rate: number;
}

function describeCost({ secrets, reads, rate }: Cost, { parameterStore }: RuleContext): Finding {
  const share = rate / parameterStore.requestsPerSecond;
  const isMuch = share > parameterStore.warnShare;
  const numbers = `${secrets} ${secrets === 1 ? 'ExternalSecret reads' : 'ExternalSecrets read'} ${reads} ${reads === 1 ? 'parameter' : 'parameters'}: ${formatNumber(rate)} requests a second`;
  return {
    pointer: '',
    severity: isMuch ? 'warning' : 'info',
    message: `${numbers}, ${formatNumber(share * 100)} % of the ${parameterStore.requestsPerSecond} that SSM allows the whole account`,
    remedy: isMuch
      ? 'Refresh less often, put single keys into one JSON parameter, or raise the throughput of the account.'
      : 'Nothing to do; the limit is shared with everything else that reads parameters.',
  };
}

/** One GetParameter an entry; a search asks for at least one page. */
function countReads({ data, dataFrom }: ExternalSecretParts): number {
  return (
    data.length +
    dataFrom.filter(({ item }) => readObject(item, 'extract') ?? readObject(item, 'find')).length
  );
}

/** What its store is or, where the store is not in the release, what its name says. */
function isParameterStore({ manifest, spec }: ExternalSecretParts, { index }: RuleContext): boolean {
  const store = identifyStore(readObject(spec, 'secretStoreRef'), manifest, index);
  if (store?.type !== undefined) return store.type === 'ParameterStore';
  return /parameter|(?:^|[-_.])ssm(?:$|[-_.])/iu.test(store?.name ?? '');
}

function formatNumber(value: number): string {
  return value >= 10 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}
