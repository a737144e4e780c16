/**
 * Writes the part of docs/checks.md that describes every check, from the schemas and descriptions of the protocol:
 * `node tools/checksDoc.ts`. What stands outside of the two marks is written by people. A unit test fails when the file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { checkFamilies } from '../daemon/protocol/files/checkFamilies.ts';
import {
  checkAliases,
  checkGroups,
  checkParameterSchemas,
  type CheckKind,
} from '../daemon/protocol/files/checks.ts';

const begin = '<!-- begin: written by tools/checksDoc.ts -->';
const end = '<!-- end: written by tools/checksDoc.ts -->';

export const checksDocPath = fileURLToPath(new URL('../docs/checks.md', import.meta.url));

/** The text of docs/checks.md with its generated part made anew. */
export function withGeneratedPart(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/checks.md has lost the marks of its generated part');
  return `${text.slice(0, from + begin.length)}\n\n${catalogue()}\n${text.slice(to)}`;
}

function catalogue(): string {
  const families = checkFamilies.map(
    ({ title, kinds }) => `### ${title}\n\n${kinds.map(section).join('\n\n')}`,
  );
  return `${families.join('\n\n')}\n\n${aliases()}\n`;
}

interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
}

const common = new Set(['name', 'severity', 'description']);

function section(kind: CheckKind): string {
  const schema = z.toJSONSchema(checkParameterSchemas[kind], { io: 'input' }) as Schema;
  const own = Object.entries(schema.properties ?? {}).filter(([name]) => !common.has(name));
  const rows = own.flatMap(([name, field]) =>
    fieldRows(name, field, schema.required?.includes(name) ?? false),
  );
  const head = `**\`${kind}\`** ${schema.description ?? ''}`;
  if (rows.length === 0) return head;
  return `${head}\n\n| parameter | | default | |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
}

/** A parameter, and those inside of it. */
function fieldRows(name: string, field: Schema, isRequired: boolean): string[] {
  const preset = isRequired
    ? 'required'
    : field.default === undefined
      ? ''
      : `\`${JSON.stringify(field.default)}\``;
  const cells = [`\`${name}\``, shape(field), preset, field.description ?? ''];
  const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const nested = field.properties ?? field.items?.properties ?? {};
  const required = field.required ?? field.items?.required ?? [];
  const prefix = field.properties === undefined ? `${name}[]` : name;
  return [
    row,
    ...Object.entries(nested).flatMap(([inner, schema]) =>
      fieldRows(`${prefix}.${inner}`, schema, required.includes(inner)),
    ),
  ];
}

function shape(field: Schema): string {
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(' ');
  if (field.items !== undefined)
    return `list of ${field.items.enum === undefined ? shape(field.items) : shape(field.items)}`;
  if (field.anyOf !== undefined) return field.anyOf.map(shape).join(' or ');
  if (field.type === 'object') return 'mapping';
  if (field.type === 'string') return 'text';
  return typeof field.type === 'string' ? field.type : '';
}

function aliases(): string {
  const groups = Object.entries(checkGroups).map(
    ([name, kinds]) => `\`${name}\` is short for ${kinds.map((kind) => `\`${kind}\``).join(' and ')}.`,
  );
  const older = Object.entries(checkAliases).filter(
    ([name]) => !Object.hasOwn(checkGroups, name) && !name.startsWith('validate_'),
  );
  const rows = older.map(
    ([name, kinds]) => `| \`${name}\` | ${kinds.map((kind) => `\`${kind}\``).join(', ')} |`,
  );
  return [
    '### Older names',
    '',
    ...groups,
    '',
    'These names, with or without `validate_` before them, are accepted in files and mean the check beside them, with its parameters. Results name the check itself.',
    '',
    '| in a file | is |',
    '| --- | --- |',
    ...rows,
  ].join('\n');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(checksDocPath, withGeneratedPart(readFileSync(checksDocPath, 'utf8')));
}
