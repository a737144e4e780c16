/** A password (or a token, a private key) out of the file: into the secret storage of VS Code, or into the .env file beside ombudsman.yaml. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CodeAction, TextEdit } from 'vscode-languageserver/node';
import type { LoadedProject } from '../../../../definitions/project.ts';
import { valueAt } from '../../../../definitions/values.ts';
import { setSecretCommand } from '../../../../protocol/language.ts';
import { secretNameFor } from '../complete/names.ts';
import { knownSecrets } from '../complete/references.ts';
import { workspaceEdit } from '../edits/workspaceEdit.ts';
import { quickFix, type Fix, type Problem } from './problem.ts';

const literals: ReadonlySet<string> = new Set(['literal_password', 'literal_secret']);

export const movePassword: Fix = async (problem) => {
  const { context, file, project, diagnostic, range } = problem;
  if (!literals.has(String(diagnostic.code)) || project === null) return [];
  const path = context.locate(file, range.start)?.path ?? [];
  const value = valueAt(file.document.value, path);
  if (typeof value !== 'string' || path[0] !== 'connections' || path.length !== 3) return [];
  const env = (await context.readText(join(project.dir, '.env'))) ?? null;
  const name = freeName(problem, project, String(path[1]), env ?? '');
  const reference: TextEdit = { range, newText: `"\${secret:${name}}"` };
  const what = String(path[2]).replaceAll('_', ' ');
  return [
    ...intoStorage(problem, project, { name, value, reference, what }),
    ...intoEnvFile(problem, project, { name, value, reference, what, env }),
  ];
};

interface Move {
  readonly name: string;
  readonly value: string;
  readonly reference: TextEdit;
  /** What it is, in words: `password`, `private key`. */
  readonly what: string;
}

/** Only this one way leads to the secret storage: the value goes to the client as an argument and stands in no title or log. */
function intoStorage(
  problem: Problem,
  { dir }: LoadedProject,
  { name, value, reference, what }: Move,
): CodeAction[] {
  const { context, file } = problem;
  // In Restricted Mode the command is refused, and the password would be gone.
  if (!context.client.isVsCode || !context.settings.isTrusted) return [];
  const title = `Move the ${what} to the secret storage as ${name}`;
  const fix = quickFix(problem, title, [{ file, edits: [reference] }], true);
  const command = {
    title: 'Set Secret',
    command: setSecretCommand,
    arguments: [{ project_dir: dir, name, value }],
  };
  return [{ ...fix, command }];
}

function intoEnvFile(
  problem: Problem,
  { dir }: LoadedProject,
  { name, value, reference, what, env }: Move & { readonly env: string | null },
): CodeAction[] {
  const { context, file } = problem;
  const written = envValue(value);
  if (written === null || (env === null && !context.client.hasFileCreation)) return [];
  const uri = pathToFileURL(join(dir, '.env')).href;
  const text = TextDocument.create(uri, 'dotenv', 0, env ?? '');
  const end = text.positionAt((env ?? '').length);
  const line = `${env === null || env === '' || env.endsWith('\n') ? '' : '\n'}${name}=${written}\n`;
  const edits = [
    { file, edits: [reference] },
    { file: { uri, version: null }, edits: [{ range: { start: end, end }, newText: line }] },
  ];
  const fix = quickFix(
    problem,
    `Move the ${what} to the .env file as ${name}`,
    edits,
    !context.client.isVsCode,
  );
  if (env !== null) return [fix];
  const { documentChanges = [] } = workspaceEdit({ ...context.client, hasVersionedEdits: true }, edits);
  return [
    {
      ...fix,
      edit: {
        documentChanges: [{ kind: 'create', uri, options: { ignoreIfExists: true } }, ...documentChanges],
      },
    },
  ];
}

/** A name that neither the project nor its .env file uses yet. */
function freeName({ snapshot }: Problem, project: LoadedProject, connection: string, env: string): string {
  const used = new Set(knownSecrets(snapshot, project).map(({ text }) => text.replace(/^\$\{\w+:|\}$/g, '')));
  for (const [, name = ''] of env.matchAll(/^\s*(?:export\s+)?([\w.-]+)\s*=/gm)) used.add(name);
  const wanted = secretNameFor(connection);
  let name = wanted;
  for (let count = 2; used.has(name); count += 1) name = `${wanted}_${count}`;
  return name;
}

/** As the reader of .env files reads it back; null: it cannot. */
function envValue(value: string): string | null {
  if (/^[\w.@:/+=-]*$/.test(value)) return value;
  if (value.includes('\r')) return null;
  if (!value.includes("'")) return `'${value}'`;
  if (!value.includes('`')) return `\`${value}\``;
  return value.includes('"') || value.includes('\\') ? null : `"${value}"`;
}
