import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What happens to a request instead of being answered, or before it is. */
export type Fault =
  | { type: 'throttle' }
  | { type: 'deny' }
  | { type: 'reset' }
  | { type: 'unavailable' }
  /** Credentials that were valid until now. */
  | { type: 'expired' }
  | { type: 'slow'; delayMs: number }
  /** The store does what it is asked, and its answer is lost. */
  | { type: 'lost-answer'; afterwards?: () => void }
  /** Half of the store's answer, and the end of the connection. */
  | { type: 'half-answer' }
  /** Something happens between the asking and the store's answer, such as somebody else's write. */
  | { type: 'meanwhile'; happens: () => Promise<void> }
  /** Something happens between the store's answer and its arrival. */
  | { type: 'late-answer'; happens: () => Promise<void> };

/** A request for a parameter. */
interface StoreRequest {
  /** Such as `AmazonSSM.GetParameter`. */
  target: string;
  body: string;
}

/** Which requests a fault happens to. */
export interface FaultScope {
  /** How many of them. Default: every one. */
  times?: number;
  /** Only calls with this name, such as `PutParameter`. */
  call?: string;
}

interface InjectedFault {
  fault: Fault;
  left: number;
  call: string;
}

/** Stands between a store and who asks it, the operator or a command, and lets faults happen to what concerns a path. */
export class FaultProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #faults = new Map<string, InjectedFault>();
  readonly #hits = new Map<string, number>();
  /** The store behind it; requests before it is known are refused. */
  target: string | undefined;
  /** All requests so far. */
  requests = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<FaultProxy> {
    const proxy = new FaultProxy();
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Lets a fault happen to the next `times` requests whose body names the text. Default: to every one. */
  inject(text: string, fault: Fault, scope: number | FaultScope = {}): void {
    const { times = Number.POSITIVE_INFINITY, call = '' } =
      typeof scope === 'number' ? { times: scope } : scope;
    this.#hits.set(text, 0);
    this.#faults.set(text, { fault, left: times, call });
  }

  /** Lets everything about the text through again. */
  heal(text: string): void {
    this.#faults.delete(text);
  }

  /** How often the fault has happened. */
  countHits(text: string): number {
    return this.#hits.get(text) ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    this.requests += 1;
    const target = String(request.headers['x-amz-target'] ?? '');
    const fault = this.#take({ target, body: body.toString('utf8') });
    if (fault?.type === 'slow') await delay(fault.delayMs);
    else if (fault?.type === 'meanwhile') await fault.happens();
    else if (fault !== undefined && isRefusal(fault)) {
      fail(fault.type, response);
      return;
    }
    await this.#forward({ request, response, body, fault });
  }

  #take({ target, body }: StoreRequest): Fault | undefined {
    for (const [text, entry] of this.#faults) {
      if (entry.left <= 0 || !body.includes(text) || !target.endsWith(entry.call)) continue;
      entry.left -= 1;
      this.#hits.set(text, this.countHits(text) + 1);
      return entry.fault;
    }
    return undefined;
  }

  async #forward({ request, response, body, fault }: Forwarded): Promise<void> {
    if (this.target === undefined) {
      fail('unavailable', response);
      return;
    }
    const url = new URL(request.url ?? '/', this.target);
    const { method = 'POST', headers } = request;
    // A connection of its own: one that was kept may be ended by the store just when it is used again.
    const onward = sendRequest(url, { method, headers, agent: false });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    if (fault?.type === 'late-answer') await fault.happens();
    if (fault?.type === 'lost-answer') {
      answer.resume();
      await once(answer, 'end');
      fault.afterwards?.();
      fail('reset', response);
      return;
    }
    if (fault?.type === 'half-answer') {
      const whole = Buffer.concat(await answer.toArray());
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': whole.length });
      response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    await once(response, 'close');
  }
}

interface Forwarded {
  request: IncomingMessage;
  response: ServerResponse;
  body: Buffer;
  fault: Fault | undefined;
}

const ANSWERS = {
  throttle: { status: 400, type: 'ThrottlingException', message: 'Rate exceeded' },
  deny: {
    status: 400,
    type: 'AccessDeniedException',
    message: 'User: test is not authorized to perform: ssm:GetParameter',
  },
  expired: {
    status: 400,
    type: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
  },
  unavailable: { status: 503, type: 'ServiceUnavailableException', message: 'Service Unavailable' },
} as const;

type Refusal = Extract<Fault, { type: keyof typeof ANSWERS | 'reset' }>;

function isRefusal(fault: Fault): fault is Refusal {
  return fault.type === 'reset' || fault.type in ANSWERS;
}

function fail(type: Refusal['type'], response: ServerResponse): void {
  if (type === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, type: name, message } = ANSWERS[type];
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-ErrorType': name });
  response.end(JSON.stringify({ __type: name, message }));
}
