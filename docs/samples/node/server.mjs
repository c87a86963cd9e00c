// The application: it makes tokens, checks them, and tells where its services are. Nothing to install.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { makeDatabaseUrl, settings } from './settings.mjs';

const LIFETIME_SECONDS = 30 * 60;
const database = makeDatabaseUrl();

function sign(text) {
  return createHmac('sha256', settings.jwtSecret).update(text).digest('base64url');
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function makeToken(subject) {
  const expires = Math.floor(Date.now() / 1000) + LIFETIME_SECONDS;
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: subject, exp: expires })}`;
  return `${text}.${sign(text)}`;
}

function readSubject(token = '') {
  const [head, claims, signature = ''] = token.split('.');
  const expected = Buffer.from(sign(`${head}.${claims}`));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const { sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
  return exp > Date.now() / 1000 ? sub : undefined;
}

function answer({ method, url, headers }) {
  if (url === '/healthz') return { status: 'ok' };
  if (url === '/api/config') {
    return {
      environment: settings.environment,
      api_url: settings.apiUrl,
      database: `${database.protocol}//${database.username}:***@${database.host}${database.pathname}`,
      cache: new URL(settings.redisUrl).hostname,
    };
  }
  const subject = /^\/api\/token\/(\w+)$/u.exec(url)?.[1];
  if (method === 'POST' && subject !== undefined) return { token: makeToken(subject) };
  if (url === '/api/me') {
    const found = readSubject(headers.authorization?.replace(/^Bearer /u, ''));
    return found === undefined ? undefined : { subject: found };
  }
  return undefined;
}

const server = createServer((request, response) => {
  const body = answer(request);
  response.writeHead(body === undefined ? 401 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? { detail: 'Invalid token' }));
});

// Port 0 lets the system choose one.
server.listen(Number(process.argv[2] ?? 8000), '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close(() => process.exit(0)));
