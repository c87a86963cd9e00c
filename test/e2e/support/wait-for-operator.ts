import { waitUntil } from '../../../harness/exec/wait-until.js';
import type { KubeClient } from '../../../harness/kube/kube-client.js';
import { formatConditions, readConditions } from '../../../harness/kube/wait-for-condition.js';
import { listEvents, type ObjectEvent } from '../../../harness/secrets/diagnose.js';
import { type ExternalSecretName, referToExternalSecret } from '../../../harness/secrets/wait-for-sync.js';

/** Guards against what hangs. The longer the operator has failed, the longer it waits before it tries again. */
const TIMEOUT_MS = 20_000;

/** Waits until an ExternalSecret tells this reason in one of its conditions. */
export async function waitForReason(
  client: KubeClient,
  name: ExternalSecretName,
  { reason, signal }: { reason: string; signal: AbortSignal },
): Promise<void> {
  const what = `ExternalSecret ${name.name}: ${reason}`;
  await waitUntil(
    async () => {
      const object = await client.read(referToExternalSecret(name));
      if (object === undefined) throw new Error('there is none');
      if (!readConditions(object).some((one) => one.reason === reason))
        throw new Error(formatConditions(object));
    },
    { what, timeoutMs: TIMEOUT_MS, signal },
  );
}

/** An event to wait for. */
export interface EventQuery {
  namespace: string;
  /** Such as `ExternalSecret shop-app`. */
  about: string;
  message: RegExp;
  signal: AbortSignal;
}

/** Waits for an event whose message matches; the newest text where there are several. */
export async function waitForEvent(
  client: KubeClient,
  { namespace, about, message, signal }: EventQuery,
): Promise<ObjectEvent> {
  return await waitUntil(
    async () => {
      const events = (await listEvents(client, namespace)).filter((one) => one.about === about);
      const found = events.find((one) => message.test(one.message));
      if (found !== undefined) return found;
      throw new Error(events.map((one) => one.message).join('; ') || 'no event');
    },
    { what: `event of ${about}: ${message}`, timeoutMs: TIMEOUT_MS, signal },
  );
}
