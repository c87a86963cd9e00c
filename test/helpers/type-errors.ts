import { dirname, resolve } from 'node:path';
import ts from 'typescript';

const FOLDER = resolve(import.meta.dirname, '../..', 'virtual-types');

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  types: [],
};

const libraryFiles = new Map<string, ts.SourceFile | undefined>();

/**
 * Compiles sources in memory as strictly as this project and gives the messages of the compiler, one a finding.
 *
 * @param sources text by file name; they import each other as `./name.js`
 */
export function findTypeErrors(sources: Readonly<Record<string, string>>): string[] {
  const texts = new Map(Object.entries(sources).map(([name, text]) => [resolve(FOLDER, name), text]));
  const host = ts.createCompilerHost(OPTIONS);
  const readReal = host.getSourceFile.bind(host);
  host.fileExists = (file) => texts.has(file) || ts.sys.fileExists(file);
  host.directoryExists = (folder) =>
    folder === dirname(resolve(FOLDER, 'x')) || ts.sys.directoryExists(folder);
  host.readFile = (file) => texts.get(file) ?? ts.sys.readFile(file);
  host.getSourceFile = (file, target) => {
    const text = texts.get(file);
    if (text !== undefined) return ts.createSourceFile(file, text, target, true);
    if (!libraryFiles.has(file)) libraryFiles.set(file, readReal(file, target));
    return libraryFiles.get(file);
  };
  const program = ts.createProgram({ rootNames: [...texts.keys()], options: OPTIONS, host });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
