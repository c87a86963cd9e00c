import { type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent, type RequestOptions, request as requestHttps } from 'node:https';
import type { KubeConnection } from './kube-connection.js';
import { describeUnreachable } from './kube-error.js';

export interface KubeRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path with its query, such as `/api/v1/namespaces?limit=1`. */
  path: string;
  body?: string;
  /** Default `application/json`. */
  contentType?: string;
  signal?: AbortSignal | undefined;
}

export interface KubeResponse {
  status: number;
  text: string;
}

const IDLE_MS = 120_000;

/** Sends requests to one API server over connections that are kept. */
export class RequestSender {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });

  constructor(readonly connection: KubeConnection) {}

  /** @throws SluiceError `KUBE_UNREACHABLE`; an abort rethrows its reason. */
  async send(request: KubeRequest): Promise<KubeResponse> {
    const { signal } = request;
    signal?.throwIfAborted();
    try {
      const { options, url } = await this.#buildOptions(request);
      return await exchange(url, options, request);
    } catch (error) {
      signal?.throwIfAborted();
      throw describeUnreachable(`${request.method} ${this.connection.server}${request.path}`, error);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #buildOptions({ method, path, body, contentType, signal }: KubeRequest) {
    // A server may lie below a path: https://host/k8s/clusters/c-1.
    const url = new URL(`${this.connection.server.replace(/\/$/u, '')}${path}`);
    const options: RequestOptions = {
      method,
      timeout: IDLE_MS,
      headers: {
        Accept: 'application/json',
        ...(body === undefined
          ? {}
          : {
              'Content-Type': contentType ?? 'application/json',
              'Content-Length': String(Buffer.byteLength(body)),
            }),
      },
      ...(signal === undefined ? {} : { signal }),
    };
    if (url.protocol === 'https:') options.agent = this.#agent;
    await this.connection.prepare(options);
    return { options, url };
  }
}

async function exchange(url: URL, options: RequestOptions, { body }: KubeRequest): Promise<KubeResponse> {
  const send = url.protocol === 'http:' ? requestHttp : requestHttps;
  return await new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    request.on('timeout', () => request.destroy(new Error(`silent for ${IDLE_MS / 1000} s`)));
    request.on('error', reject);
    request.end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
