/** Cases of the diagnostics fixtures: files as text, and what must be said about them. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { planBatch } from '../../../daemon/definitions/plan.ts';
import { findProjectDir, loadProject } from '../../../daemon/definitions/project.ts';
import { nodeReader } from '../../../daemon/platform/nodeReader.ts';
import type { Diagnostic } from '../../../daemon/protocol/errors.ts';

export interface Case {
  readonly name: string;
  /** Section name (a path, `params`, `secrets`, `request`) -> text. */
  readonly sections: ReadonlyMap<string, string>;
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly expected: string;
}

const base: Readonly<Record<string, string>> = {
  'ombudsman.yaml':
    'name: shop\nconnections:\n  db: { type: duckdb, path: a.duckdb }\n  old: { type: files, path: export }\n',
  'pipelines/ok.pipeline.yaml':
    'pipeline_id: ok\nsource: { connection: db, table: s }\ntarget: { connection: db, table: t }\n',
};

/** `### name`, then `==> section [flags] <==` blocks, the last of them `expect`. */
export function parseCases(text: string): Case[] {
  return text
    .split(/^### /m)
    .slice(1)
    .map((block) => {
      const [head = '', ...parts] = block.split(/^==> /m);
      const sections = new Map<string, string>();
      const flags = new Map<string, readonly string[]>();
      for (const part of parts) {
        const [, name = '', flag, body = ''] = /^(\S+)(?: \[(.*)\])? <==\n([\s\S]*)$/.exec(part) ?? [];
        sections.set(name, body);
        flags.set(name, flag?.split(' ') ?? []);
      }
      const expected = sections.get('expect') ?? '';
      return { name: head.trim(), sections, flags, expected };
    });
}

export async function readCases(file: string): Promise<Case[]> {
  return parseCases(await readFile(new URL(`../../fixtures/definitions/${file}`, import.meta.url), 'utf8'));
}

const special = new Set(['params', 'secrets', 'request', 'expect']);

/** Writes the case's files over the clean base into a folder; by name, what was written. */
export async function writeCase(test: Case, dir: string): Promise<ReadonlyMap<string, string>> {
  const written = new Map(Object.entries(base));
  for (const [name, text] of test.sections) {
    const flags = test.flags.get(name) ?? [];
    if (special.has(name)) continue;
    if (flags.includes('absent')) written.delete(name);
    else {
      const lines = flags.includes('crlf') ? text.replaceAll('\n', '\r\n') : text;
      written.set(name, (flags.includes('bom') ? '\ufeff' : '') + lines);
    }
  }
  for (const [name, text] of written) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  return written;
}

/** Writes the case's files, runs the real thing, removes the files. */
export async function diagnose(test: Case): Promise<Diagnostic[]> {
  const dir = await mkdtemp(join(tmpdir(), 'ombudsman-definitions-'));
  try {
    await writeCase(test, dir);
    const diagnostics = await run(test, dir);
    return diagnostics.map((found) => relativeTo(dir, found));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function run(test: Case, dir: string): Promise<Diagnostic[]> {
  const batch = ['daily.batch.yaml', 'daily.batch.json'].find((name) => test.sections.has(name));
  const request = test.sections.get('request');
  if (batch === undefined && request === undefined)
    return (await loadProject(dir, nodeReader)).diagnostics as Diagnostic[];
  const found = await findProjectDir(dir, nodeReader);
  const given = (test.sections.get('params') ?? '').split('\n').filter((line) => line !== '');
  const { plan, diagnostics } = await planBatch({
    ...(batch === undefined
      ? { definition: JSON.parse(request ?? '') as unknown }
      : { text: await readFile(join(dir, batch), 'utf8'), file: join(dir, batch) }),
    project: found === null ? null : await loadProject(found, nodeReader),
    parameters: Object.fromEntries(given.map((line) => line.split('=') as [string, string])),
    loadProject: (pathOrId) => loadProject(pathOrId, nodeReader),
    hasSecret: () => !test.sections.has('secrets'),
  });
  const isFailed = diagnostics.some(({ severity }) => severity === 'error');
  if (isFailed !== (plan === null)) throw new Error('a plan exactly if there is no error');
  return diagnostics;
}

/** The diagnostic as if the folder were here. */
export function relativeTo(dir: string, found: Diagnostic): Diagnostic {
  const clean = (text: string) => text.replaceAll(dir + sep, '').replaceAll(dir, 'DIR');
  return {
    ...found,
    file: found.file.startsWith(dir) ? relative(dir, found.file).replaceAll(sep, '/') : found.file,
    message: clean(found.message),
    ...(found.hint === undefined ? {} : { hint: clean(found.hint) }),
  };
}

/** One line for the place, code and message; a second, indented one for the hint. */
export function formatDiagnostic(found: Diagnostic): string {
  const place = `${found.file}:${found.line}:${found.column}-${found.end_line}:${found.end_column}`;
  const hint = found.hint === undefined ? '' : `    ${found.hint}\n`;
  return `${place} ${found.severity} ${found.code}: ${found.message}\n${hint}`;
}
