import { request } from 'node:http';

/**
 * Asks a Docker engine for its version over its socket.
 *
 * @throws Error where nobody answers there, or not as an engine does.
 */
export async function askEngineVersion(socketPath: string, signal?: AbortSignal): Promise<string> {
  const text = await get({ socketPath, path: '/version', ...(signal ? { signal } : {}) });
  const answer: unknown = JSON.parse(text);
  if (typeof answer === 'object' && answer !== null && 'Version' in answer) return String(answer.Version);
  throw new Error(`${socketPath}: what answers there is no Docker engine`);
}

async function get(options: { socketPath: string; path: string; signal?: AbortSignal }): Promise<string> {
  return await new Promise((resolve, reject) => {
    const sent = request({ ...options, host: 'docker', timeout: 5000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${options.path}: status ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    sent.once('timeout', () => sent.destroy(new Error(`${options.path}: no answer within 5 s`)));
    sent.once('error', reject);
    sent.end();
  });
}
