import { readFile } from 'node:fs/promises';

// linux/capability.h
const CAP_SYS_RESOURCE = 24n;

/** Whether no process of ours can ever have CAP_SYS_RESOURCE, which runc takes for granted; false where nobody tells. */
export async function lacksSysResource(statusFile = '/proc/self/status'): Promise<boolean> {
  const status = await readFile(statusFile, 'utf8').catch(() => '');
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/mu.exec(status)?.[1];
  return bounding !== undefined && ((BigInt(`0x${bounding}`) >> CAP_SYS_RESOURCE) & 1n) === 0n;
}
