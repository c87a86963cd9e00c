import { randomInt } from 'node:crypto';

/** The addresses of a virtual cable between this machine and an engine, and the name of this machine's end. */
export interface Cable {
  /** Says the addresses too: two engines that choose the same ones want the same name, and the kernel refuses one. */
  name: string;
  hostAddress: string;
  engineAddress: string;
  /** Number of bits of both addresses that name the network. */
  prefixLength: number;
}

/** An IPv4 network as numbers. */
interface Network {
  first: number;
  last: number;
}

const CABLE_PREFIX_LENGTH = 30;
const CABLE_SIZE = 4;
const TRIES = 2000;

// Private ranges that neither Docker nor kind takes anything from: the second is meant for measuring networks.
const RANGES = ['10.128.0.0/10', '198.18.0.0/15'] as const;

/**
 * Chooses the addresses of a cable, at random among those that no network of `used` holds; undefined where there are
 * none.
 *
 * @param used Networks and addresses, such as `10.0.0.0/8` and `192.0.2.2`; anything else is passed over.
 */
export function chooseCable(used: readonly string[], random: (limit: number) => number = randomInt) {
  const taken = used.flatMap((text) => parseNetwork(text) ?? []);
  for (const range of RANGES.map(requireNetwork)) {
    const count = (range.last - range.first + 1) / CABLE_SIZE;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const first = range.first + random(count) * CABLE_SIZE;
      const network = { first, last: first + CABLE_SIZE - 1 };
      if (!taken.some((other) => overlap(network, other))) return describeCable(first);
    }
  }
  return undefined;
}

/** The name of the cable that this machine's address belongs to. */
export function nameCable(hostAddress: string): string {
  const network = requireNetwork(`${hostAddress}/${CABLE_PREFIX_LENGTH}`);
  return `sluice-${network.first.toString(16).padStart(8, '0')}`;
}

function describeCable(first: number): Cable {
  const hostAddress = formatAddress(first + 1);
  return {
    name: nameCable(hostAddress),
    hostAddress,
    engineAddress: formatAddress(first + 2),
    prefixLength: CABLE_PREFIX_LENGTH,
  };
}

function overlap(one: Network, other: Network): boolean {
  return one.first <= other.last && other.first <= one.last;
}

function parseNetwork(text: string): Network | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/u.exec(text);
  if (match === null) return undefined;
  const bytes = match.slice(1, 5).map(Number);
  const prefixLength = Number(match[5] ?? 32);
  if (bytes.some((byte) => byte > 255) || prefixLength > 32) return undefined;
  const size = 2 ** (32 - prefixLength);
  const address = bytes.reduce((number, byte) => number * 256 + byte, 0);
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}

function requireNetwork(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`${text}: not an IPv4 network`);
  return network;
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}
