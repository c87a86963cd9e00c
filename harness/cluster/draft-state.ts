import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from '../exec/process-identity.js';
import type { EmbeddedState, KindState } from './cluster-state.js';

/** State of an embedded cluster of this process before anything of it is there. */
export async function draftEmbeddedState(name: string): Promise<EmbeddedState> {
  return { ...(await draftOwnState(name)), provider: 'embedded', capabilities: [] };
}

/** State of a kind cluster of this process before anything of it is there. */
export async function draftKindState(name: string): Promise<KindState> {
  return { ...(await draftOwnState(name)), provider: 'kind', capabilities: ['pods'] };
}

async function draftOwnState(name: string) {
  return {
    format: 1 as const,
    name,
    createdAt: new Date().toISOString(),
    owner: identifyProcess(process.pid),
    dataFolder: join(await realpath(tmpdir()), `sluice-${randomBytes(6).toString('hex')}`),
    components: [],
    namespace: 'default',
  };
}

/** A name that no other cluster has. */
export function makeClusterName(prefix = 'sluice'): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
