/** What a name stands for that does not exist yet: a pipeline file, a connection. */
import { join, matchesGlob, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeAction, CreateFile } from 'vscode-languageserver/node';
import { projectFileSchema } from '../../../../protocol/files/project.ts';
import { nameSchema } from '../../../../protocol/primitives.ts';
import type { LoadedProject } from '../../../../definitions/project.ts';
import { isRecord, valueAt } from '../../../../definitions/values.ts';
import { connectionNames } from '../describe/definitions.ts';
import { addEntry, flowText } from '../edits/entries.ts';
import type { NameKind } from '../names/fileNames.ts';
import { usesIn, type NameTarget } from '../names/workspaceNames.ts';
import { withoutSuffix } from './keys.ts';
import { quickFix, type Fix, type Problem } from './problem.ts';

export const createPipelineFile: Fix = (problem) => {
  const { context, snapshot, diagnostic } = problem;
  if (diagnostic.code !== 'unknown_pipeline' || !context.client.hasFileCreation) return [];
  const target = targetOf(problem, 'pipeline');
  const project = snapshot.projects.get(target?.scopes[0] ?? '');
  if (target === undefined || project === undefined || !nameSchema.safeParse(target.name).success) return [];
  const name = placeFor(project, target.name);
  const path = name === null ? null : join(project.dir, name);
  if (name === null || path === null || snapshot.file(path) !== null) return [];
  return [createFile(problem, { title: `Create ${name}`, path, text: pipelineText(project, target.name) })];
};

interface NewFile {
  readonly title: string;
  readonly path: string;
  readonly text: string;
}

function createFile(problem: Problem, { title, path, text }: NewFile): CodeAction {
  const uri = pathToFileURL(path).href;
  const start = { line: 0, character: 0 };
  const create: CreateFile = { kind: 'create', uri, options: { ignoreIfExists: true } };
  const edit = {
    textDocument: { uri, version: null },
    edits: [{ range: { start, end: start }, newText: text }],
  };
  const isVsCode = problem.context.client.isVsCode;
  return {
    ...quickFix(problem, title, []),
    edit: { documentChanges: [create, edit] },
    ...(isVsCode ? { command: { title: 'Open', command: 'vscode.open', arguments: [uri] } } : {}),
  };
}

/** Where the project looks for pipeline files; null: no name of this kind would be found. */
function placeFor(project: LoadedProject, id: string): string | null {
  const file = `${id.replace(/[^\w.-]+/g, '_')}.pipeline.yaml`;
  const patterns = patternsOf(project);
  const folders = patterns.map((pattern) => /^[^*?{[]*(?=\/)/.exec(pattern)?.[0] ?? '.');
  const found = folders.map((folder) => posix.join(folder, file));
  return (
    found.find((name) => patterns.some((pattern) => matchesGlob(name, posix.normalize(pattern)))) ?? null
  );
}

function patternsOf({ positions }: LoadedProject): string[] {
  const written = valueAt(positions.value, ['pipelines']);
  if (Array.isArray(written)) return written.filter((item) => typeof item === 'string');
  return projectFileSchema.shape.pipelines.parse(undefined);
}

function pipelineText(project: LoadedProject, id: string): string {
  const [source = 'connection', target = source] = connectionNames(project);
  const table = withoutSuffix(id);
  const lines = [
    `pipeline_id: ${flowText(id, 'yaml')}`,
    `source: ${flowText({ connection: source, table }, 'yaml')}`,
    `target: ${flowText({ connection: target, table }, 'yaml')}`,
    'checks:',
    '  - row_count',
    '  - row_hash',
  ];
  return `${lines.join('\n')}\n`;
}

export const addConnection: Fix = (problem) => {
  const { snapshot, project, diagnostic } = problem;
  if (diagnostic.code !== 'unknown_connection' || project === null) return [];
  const projectFile = snapshot.file(project.file);
  const name = targetOf(problem, 'connection')?.name;
  if (name === undefined || projectFile === null || !nameSchema.safeParse(name).success) return [];
  if (!isRecord(valueAt(projectFile.document.value, ['connections']))) return [];
  const definition = { type: 'duckdb', path: `data/${name.replace(/[^\w.-]+/g, '_')}.duckdb` };
  const edit = addEntry(projectFile, ['connections'], name, definition);
  if (edit === null) return [];
  return [
    quickFix(problem, `Add connection "${name}" to ombudsman.yaml`, [{ file: projectFile, edits: [edit] }]),
  ];
};

/** What the name that is marked stands for. */
function targetOf({ snapshot, file, range }: Problem, kind: NameKind): NameTarget | undefined {
  const { line, character } = range.start;
  const found = usesIn(snapshot, file).find(({ target, use: { spot } }) => {
    const { start } = spot.scalar;
    return target.kind === kind && start.line === line && start.character === character;
  });
  return found?.target;
}
