import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { EngineError } from '../errors.ts';
import { nearNames } from './duckdbLease.ts';

export type FileFormat = 'csv' | 'parquet' | 'json';

/** A table of a folder: files of one format, sorted by path. */
export interface FileTable {
  readonly format: FileFormat;
  readonly files: readonly string[];
}

const formats: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
  '.json': 'json',
  '.ndjson': 'json',
  '.jsonl': 'json',
};

function formatOf(path: string): FileFormat | undefined {
  const name = path.toLowerCase().replace(/\.(gz|zst)$/, '');
  return formats[extname(name)];
}

/** File name without its extension (and without .gz). */
function stem(path: string): string {
  const name = basename(path).replace(/\.(gz|zst)$/i, '');
  return name.slice(0, name.length - extname(name).length);
}

/** Paths, relative to the folder with `/`, of all files in it that can be read as tables, sorted. */
export function tableFiles(folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new EngineError('definition', 'no_such_folder', `the folder ${folder} does not exist`, {
      hint: 'Check `path` of the connection; it is relative to ombudsman.yaml.',
    });
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => formatOf(path) !== undefined && !basename(path).startsWith('.'))
    .sort();
}

/** A glob of `*`, `**`, `?` over relative paths; everything else stands for itself. */
function globPattern(glob: string): RegExp {
  const pattern = glob.replace(/\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    return token === '?' ? '[^/]' : `\\${token}`;
  });
  return new RegExp(`^${pattern}$`);
}

function matching(table: string, names: readonly string[]): string[] {
  const exact = names.filter((name) => name === table);
  if (exact.length > 0) return exact;
  const byStem = names.filter((name) => {
    const folder = name.includes('/') ? name.slice(0, name.lastIndexOf('/') + 1) : '';
    return `${folder}${stem(name)}` === table;
  });
  if (byStem.length > 0) return byStem;
  if (!/[*?]/.test(table)) return [];
  const pattern = globPattern(table);
  return names.filter((name) => pattern.test(name));
}

function outside(folder: string, table: string): EngineError {
  return new EngineError('permission', 'outside_folder', `${table} lies outside the folder ${folder}`, {
    hint: 'A table of a files connection is a file in its folder; make another connection for other folders.',
  });
}

/**
 * The files behind a table name: a file name with or without extension, or a glob, relative to the folder. Nothing outside
 * the folder is ever read, also not through a symbolic link.
 */
export function resolveTable(folder: string, table: string): FileTable {
  const wanted = table.split('\\').join('/').replace(/^\.\//, '');
  if (isAbsolute(table) || relative(folder, resolve(folder, wanted)).split(sep)[0] === '..')
    throw outside(folder, table);
  const names = tableFiles(folder);
  const found = matching(wanted, names);
  if (found.length === 0) throw missingTable(folder, table, names);
  const kinds = new Set(found.map(formatOf));
  const format = formatOf(found[0] ?? '');
  if (kinds.size > 1 || format === undefined)
    throw new EngineError(
      'definition',
      'ambiguous_table',
      `${table} names files of several formats: ${found.join(', ')}`,
      {
        hint: 'Write the name with its extension.',
      },
    );
  const root = realpathSync(folder);
  const files = found.map((name) => {
    const real = realpathSync(join(root, name));
    if (relative(root, real).split(sep)[0] === '..' || isAbsolute(relative(root, real)))
      throw outside(folder, name);
    return real;
  });
  return { format, files };
}

function missingTable(folder: string, table: string, names: readonly string[]): EngineError {
  if (names.length === 0)
    return new EngineError(
      'definition',
      'no_such_table',
      `there is no table ${table}: ${folder} holds no CSV, Parquet or JSON file`,
    );
  return new EngineError('definition', 'no_such_table', `there is no table ${table} in ${folder}`, {
    hint: `Nearest: ${nearNames(table, names).join(', ')}`,
  });
}
