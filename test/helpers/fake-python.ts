import { writeFakeProgram } from './fake-program.js';

export interface FakePython {
  version: string;
  /** Whether it can make environments. Default true. */
  able?: boolean;
  /** Shell commands for what pip does. Default: nothing, with success. */
  pip?: string;
}

/**
 * Writes a stand-in for Python: it tells its version, makes environments of itself, and notes in a `.log` beside it
 * what it is asked to install and to import.
 */
export async function writeFakePython(path: string, { version, able = true, pip = ':' }: FakePython) {
  const answer = JSON.stringify({ version, path, canMakeEnvironments: able });
  await writeFakeProgram(
    path,
    `case "$*" in
      "-c import importlib"*) echo '${answer}';;
      "-I -m venv "*) /bin/mkdir -p "$4/bin" && /bin/cp "$0" "$4/bin/python";;
      "-m pip install "*) echo "$*" >> '${path}.log'; ${pip};;
      "-I -c import "*) echo "$*" >> '${path}.log';;
      *) echo "unexpected: $*" >&2; exit 64;;
    esac`,
  );
}
