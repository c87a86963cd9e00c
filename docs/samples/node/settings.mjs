// Everything that the application reads from its environment, read once, when it starts.

const missing = [];

function read(name, fallback) {
  const value = process.env[name] ?? fallback;
  if (value === undefined || value === '') missing.push(name);
  return value ?? '';
}

export const settings = Object.freeze({
  environment: read('APP_ENV'),
  logLevel: read('LOG_LEVEL', 'info'),
  apiUrl: read('MY_API_URL'),
  database: Object.freeze({
    host: read('DB_HOST'),
    user: read('DB_USER'),
    password: read('DB_PASSWORD'),
    name: read('DB_NAME'),
  }),
  redisUrl: read('REDIS_URL'),
  jwtSecret: read('JWT_SECRET'),
});

// Names only: a value that is wrong is a secret all the same.
if (missing.length > 0) throw new Error(`missing in the environment: ${missing.join(', ')}`);

/** A URL that quotes: a password may hold @, / and : as it likes. */
export function makeDatabaseUrl({ host, user, password, name } = settings.database) {
  const url = new URL(`postgresql://${host}/${encodeURIComponent(name)}`);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return url;
}
