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
  | { type: 'slow'; delayMs: number };

/** A request of the operator's for a parameter. */
interface StoreRequest {
  /** Such as `AmazonSSM.GetParameter`. */
  target: string;
  body: string;
}

/** Stands between the operator and the store, and lets faults happen to what concerns a path. */
export class FaultProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #faults = new Map<string, { fault: Fault; left: number }>();
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
  inject(text: string, fault: Fault, times = Number.POSITIVE_INFINITY): void {
    this.#hits.set(text, 0);
    this.#faults.set(text, { fault, left: times });
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
    else if (fault !== undefined) {
      fail(fault.type, response);
      return;
    }
    await this.#forward(request, response, body);
  }

  #take({ body }: StoreRequest): Fault | undefined {
    for (const [text, entry] of this.#faults) {
      if (entry.left <= 0 || !body.includes(text)) continue;
      entry.left -= 1;
      this.#hits.set(text, this.countHits(text) + 1);
      return entry.fault;
    }
    return undefined;
  }

  async #forward(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    if (this.target === undefined) {
      fail('unavailable', response);
      return;
    }
    const url = new URL(request.url ?? '/', this.target);
    const { method = 'POST', headers } = request;
    const onward = sendRequest(url, { method, headers });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    await once(response, 'close');
  }
}

const ANSWERS = {
  throttle: { status: 400, type: 'ThrottlingException', message: 'Rate exceeded' },
  deny: {
    status: 400,
    type: 'AccessDeniedException',
    message: 'User: test is not authorized to perform: ssm:GetParameter',
  },
  unavailable: { status: 503, type: 'ServiceUnavailableException', message: 'Service Unavailable' },
} as const;

function fail(type: Exclude<Fault['type'], 'slow'>, response: ServerResponse): void {
  if (type === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, type: name, message } = ANSWERS[type];
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-ErrorType': name });
  response.end(JSON.stringify({ __type: name, message }));
}
