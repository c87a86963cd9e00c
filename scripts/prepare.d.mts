/** Has in `dist` what the sources say, for tests: takes a second after a change, looks at no types and declares none. */
export function transpile(): Promise<void>;
