import { describe, expect, it } from 'vitest';
import { findProductionName, refuseProduction } from '../../../harness/cluster/production-context.js';

const HARMLESS = { context: 'kind-dev', cluster: 'kind-dev', server: 'https://127.0.0.1:6443' };

describe('a context that looks like production', () => {
  it.each([
    'prod',
    'PROD',
    'shop-prod',
    'prod-eu-west-1',
    'production',
    'gke_company_europe-west1_shop-production',
    'arn:aws:eks:eu-west-1:000000000000:cluster/prod2',
    'shopProd',
    'live',
    'eu.live.shop',
    'prd',
    'pre-prod',
  ])('%s is refused by its own name, by that of its cluster and by that of its server', (name) => {
    for (const key of ['context', 'cluster'] as const) {
      expect(findProductionName({ ...HARMLESS, [key]: name })).toBe(name);
    }
    const host = name.replaceAll(/[^\w-]/gu, '.').replaceAll('_', '-');
    const server = `https://${host}.example.com:6443`;
    expect(findProductionName({ ...HARMLESS, server })).toBe(server);
  });

  it.each([
    'dev',
    'staging',
    'kind-product-catalog',
    'reproduction',
    'olive',
    'deliver',
    'non-prod',
    'nonprod',
  ])('%s is not refused', (context) => {
    expect(findProductionName({ ...HARMLESS, context })).toBeUndefined();
    expect(() => refuseProduction({ ...HARMLESS, context }, [])).not.toThrow();
  });

  it('may be used when it is allowed by its exact name', () => {
    const names = { ...HARMLESS, context: 'shop-prod' };
    expect(() => refuseProduction(names, ['shop-prod'])).not.toThrow();
    for (const allowed of [[], ['shop'], ['SHOP-PROD'], ['*'], ['prod']]) {
      expect(() => refuseProduction(names, allowed)).toThrow('--allow-context shop-prod');
    }
  });
});
