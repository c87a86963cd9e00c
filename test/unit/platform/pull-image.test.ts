import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DockerEngine } from '../../../harness/docker/docker-engine.js';
import { nameRegistry, pullImage } from '../../../harness/platform/pull-image.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

// A registry that has the image cannot be reached from every machine that runs the tests.
async function makeEngine({ has = '', serves = '', owned = false, words = 'connection refused' } = {}) {
  const folder = await makeTempFolder();
  const log = join(folder, 'log');
  const docker = await writeFakeProgram(
    join(folder, 'docker'),
    `echo "$*" >> ${log}
     case "$1 $2" in
       "image inspect") [ "$3" = "${has}" ];;
       "info --format") echo engine-1;;
       "pull --quiet") [ "$3" = "${serves}" ] || { echo "Error: ${words}" >&2; exit 1; };;
     esac`,
  );
  const engine = { docker, env: {}, owned } as DockerEngine;
  const readPulls = async (): Promise<string[]> =>
    (await readFile(log, 'utf8')).split('\n').filter((line) => line.startsWith('pull'));
  return { engine, cacheFolder: join(folder, 'cache'), readPulls };
}

const IMAGE = 'registry.example.com/shop:1.0.0';

test('an image that the engine has is not pulled', async () => {
  const { engine, cacheFolder, readPulls } = await makeEngine({ has: IMAGE });
  expect(await pullImage(engine, IMAGE, { cacheFolder })).toBe(true);
  expect(await readPulls()).toEqual([]);
});

test('an image that a registry has is pulled, and that is told', async () => {
  const { engine, cacheFolder, readPulls } = await makeEngine({ serves: IMAGE });
  const told: string[] = [];
  expect(await pullImage(engine, IMAGE, { cacheFolder, onProgress: (text) => told.push(text) })).toBe(true);
  expect(told).toEqual([`pulling ${IMAGE} (once)`]);
  expect(await readPulls()).toHaveLength(1);
});

test('a registry that refuses is not asked again for other images, and others still are', async () => {
  const { engine, cacheFolder, readPulls } = await makeEngine();
  expect(await pullImage(engine, IMAGE, { cacheFolder })).toBe(false);
  expect(await pullImage(engine, 'registry.example.com/other:1', { cacheFolder })).toBe(false);
  expect(await readPulls()).toHaveLength(1);
  expect(await pullImage(engine, 'busybox', { cacheFolder })).toBe(false);
  expect(await readPulls()).toHaveLength(2);
});

test('an image that nothing can take the place of is asked for, whatever is remembered of its registry', async () => {
  const { engine, cacheFolder, readPulls } = await makeEngine();
  await pullImage(engine, IMAGE, { cacheFolder });
  expect(await pullImage(engine, IMAGE, { cacheFolder, insist: true })).toBe(false);
  expect(await readPulls()).toHaveLength(2);
});

// What engines say that keep images in their own way, and in containerd.
test.each([
  'manifest for shop:1 not found: manifest unknown: manifest unknown',
  'failed to resolve reference "shop:1": shop:1: not found',
  "pull access denied for shop, repository does not exist or may require 'docker login'",
])('a registry that answers "%s" is asked for other images, and why there is none is told', async (words) => {
  const { engine, cacheFolder, readPulls } = await makeEngine({ words: words.replaceAll('"', "'") });
  const told: string[] = [];
  expect(await pullImage(engine, IMAGE, { cacheFolder, onProgress: (text) => told.push(text) })).toBe(false);
  expect(told.at(-1)).toBe(`${IMAGE}: cannot be pulled: Error: ${words.replaceAll('"', "'")}`);
  expect(await pullImage(engine, 'registry.example.com/other:1', { cacheFolder })).toBe(false);
  expect(await readPulls()).toHaveLength(2);
});

test('an engine of our own, which reaches no registry, is not asked to pull', async () => {
  const { engine, cacheFolder, readPulls } = await makeEngine({ serves: IMAGE, owned: true });
  expect(await pullImage(engine, IMAGE, { cacheFolder })).toBe(false);
  expect(await readPulls()).toEqual([]);
});

test.each([
  ['busybox', 'docker.io'],
  ['kindest/node:v1.35.4', 'docker.io'],
  ['localhost/shop', 'localhost'],
  ['localhost:5000/shop', 'localhost:5000'],
  ['ghcr.io/example/shop@sha256:00', 'ghcr.io'],
])('%s comes from %s', (reference, registry) => {
  expect(nameRegistry(reference)).toBe(registry);
});

test('a registry is named by a domain or a port, whatever follows', () => {
  fc.assert(
    fc.property(fc.domain(), fc.stringMatching(/^[a-z]{1,8}(?:\/[a-z]{1,8}){0,2}$/u), (registry, path) => {
      expect(nameRegistry(`${registry}/${path}:1`)).toBe(registry);
    }),
  );
});
