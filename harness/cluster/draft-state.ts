import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from '../exec/process-identity.js';
import type { EmbeddedState } from './cluster-state.js';

/** State of an embedded cluster of this process before anything of it is there. */
export async function draftEmbeddedState(name: string): Promise<EmbeddedState> {
  return {
    format: 1,
    name,
    provider: 'embedded',
    createdAt: new Date().toISOString(),
    owner: identifyProcess(process.pid),
    dataFolder: join(await realpath(tmpdir()), `sluice-${randomBytes(6).toString('hex')}`),
    components: [],
    namespace: 'default',
    capabilities: [],
  };
}

/** A name that no other cluster has. */
export function makeClusterName(prefix = 'sluice'): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
