import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseCable, nameCable } from '../../../harness/docker/choose-cable.js';

const address = fc.tuple(...Array.from({ length: 4 }, () => fc.nat(255))).map((bytes) => bytes.join('.'));
const inRange = fc
  .tuple(fc.integer({ min: 128, max: 191 }), fc.nat(255), fc.nat(255))
  .map((bytes) => `10.${bytes.join('.')}`);
const network = fc
  .tuple(fc.oneof(address, inRange), fc.integer({ min: 11, max: 32 }))
  .map(([base, length]) => `${base}/${length}`);

/** The bits that name a network, as text. */
function prefix(text: string, length: number): string {
  return text
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('')
    .slice(0, length);
}

function holds(used: string, single: string): boolean {
  const [base = '', length = '32'] = used.split('/');
  return prefix(base, Number(length)) === prefix(single, Number(length));
}

describe('the addresses of a cable', () => {
  test('are in no network that this machine uses', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(network, address), { maxLength: 40 }), (used) => {
        const cable = chooseCable(used);
        if (cable === undefined) return used.length > 0;
        const { hostAddress, engineAddress } = cable;
        return !used.some((one) => holds(one, hostAddress) || holds(one, engineAddress));
      }),
    );
  });

  test('belong to one network of four addresses, and the name says which', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 20 - 1), (number) => {
        const cable = chooseCable([], () => number);
        if (cable === undefined) throw new Error('none');
        const { hostAddress, engineAddress, prefixLength, name } = cable;
        expect(prefixLength).toBe(30);
        expect(prefix(hostAddress, 30)).toBe(prefix(engineAddress, 30));
        expect(hostAddress).not.toBe(engineAddress);
        expect(nameCable(hostAddress)).toBe(name);
        // What Linux lets an interface be called.
        expect(name).toMatch(/^[a-z0-9-]{1,15}$/u);
      }),
    );
  });

  test('differ as their names do', () => {
    const cables = [0, 1, 2, 65_535, 2 ** 20 - 1].map((number) => chooseCable([], () => number));
    expect(new Set(cables.map((cable) => cable?.name)).size).toBe(cables.length);
  });

  test('are of the second range where the first is routed elsewhere, such as to an office', () => {
    expect(chooseCable(['10.0.0.0/8'])?.hostAddress).toMatch(/^198\.1[89]\./u);
  });

  test('are none where everything is routed elsewhere', () => {
    expect(chooseCable(['10.0.0.0/8', '198.18.0.0/15'])).toBeUndefined();
  });

  test.each(['default', 'fe80::1/64', '10.128.0.0/33', '300.0.0.1', ''])(
    'are not looked for among what is no IPv4 network: %j',
    (text) => {
      expect(chooseCable([text], () => 0)?.hostAddress).toBe('10.128.0.1');
    },
  );
});
