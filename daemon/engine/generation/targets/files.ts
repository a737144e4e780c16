import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isProcessAlive } from '../../../platform/process.ts';
import type { ArtifactFile } from '../../artifacts.ts';
import { quoteText } from '../../connections/ansiDialect.ts';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import { EngineError } from '../../errors.ts';
import { watchProgress } from './duckdbProgress.ts';
import type { GenerationTarget, OpenTarget, TargetContext, TargetTable } from './target.ts';

type Format = 'parquet' | 'csv' | 'json';

/** How COPY writes each format, and how what it wrote is read back to be counted. */
const formats: Readonly<Record<Format, { readonly options: string; reader(path: string): string }>> = {
  parquet: {
    options: 'format parquet, compression snappy, row_group_size 122880',
    reader: (path) => `read_parquet(${path})`,
  },
  // NULL is an empty field and the empty text is "": the readers of this product tell them apart.
  csv: {
    options: `format csv, header, nullstr ''`,
    reader: (path) =>
      `read_csv(${path}, header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false, delim = ',', quote = '"', escape = '"')`,
  },
  json: { options: 'format json', reader: (path) => `read_json(${path}, format = 'newline_delimited')` },
};

const contentTypes: Readonly<Record<Format, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv',
  json: 'application/x-ndjson',
};

/** Hidden, so that no reader takes it for a table; the pid tells the leftovers of the dead from the work of the living. */
const temporaryPattern = /^\.ombudsman-generation-(\d+)-/;

/** One file a table, written under temporary names and renamed at the end. */
class FilesTarget implements GenerationTarget {
  readonly connection: string;
  readonly system;
  readonly sql: string[] = [];
  readonly #context: TargetContext;
  readonly #folder: string;
  readonly #format: Format;
  readonly #isArtifact: boolean;
  readonly #prefix = `.ombudsman-generation-${process.pid}-${randomUUID()}-`;
  readonly #written = new Map<string, string>();
  #isAppended = false;

  constructor(
    connection: { readonly name: string; readonly version: string },
    context: TargetContext,
    place: { readonly folder: string; readonly format: Format; readonly isArtifact: boolean },
  ) {
    this.connection = connection.name;
    this.system = { system: 'files', version: connection.version };
    this.#context = context;
    this.#folder = place.folder;
    this.#format = place.format;
    this.#isArtifact = place.isArtifact;
  }

  #finalPath(table: string): string {
    return join(this.#folder, `${table}.${this.#format}`);
  }

  async existing(table: string): Promise<number | null> {
    const path = this.#finalPath(table);
    if (!existsSync(path)) return null;
    return await this.count(`select count(*) from ${formats[this.#format].reader(quoteText(path))}`);
  }

  async begin(tables: readonly TargetTable[], isAppended = false): Promise<void> {
    this.#isAppended = isAppended;
    mkdirSync(this.#folder, { recursive: true, ...(this.#isArtifact && { mode: 0o700 }) });
    const names = readdirSync(this.#folder);
    for (const name of names) {
      const pid = Number(temporaryPattern.exec(name)?.[1] ?? process.pid);
      if (!isProcessAlive(pid)) await rm(join(this.#folder, name), { force: true });
    }
    for (const { name } of tables)
      for (const other of Object.keys(formats))
        if (other !== this.#format && names.includes(`${name}.${other}`))
          this.#context.onLog(
            'warn',
            `${name}.${other} stays beside ${name}.${this.#format}: name the file with its extension in pipelines`,
          );
  }

  async load(table: TargetTable, onRows: (rows: number) => void): Promise<number> {
    const { duckdb } = this.#context;
    const path = join(this.#folder, `${this.#prefix}${table.name}.${this.#format}`);
    this.#written.set(table.name, path);
    const isLater = this.#isAppended && this.#format === 'csv';
    const copy = (select: string, to: string) =>
      `copy (${select}) to ${quoteText(to)} (${isLater ? formats.csv.options.replace('header', 'header false') : formats[this.#format].options})`;
    const isRewritten = this.#isAppended && this.#format === 'parquet';
    const old = quoteText(this.#finalPath(table.name));
    const select = isRewritten
      ? `select * from read_parquet(${old}) union all (${table.select()})`
      : table.select();
    const { rows } = await watchProgress(duckdb, table.rows, onRows, () =>
      queryDuckdb(duckdb, copy(select, path)),
    );
    if (this.#isAppended && !isRewritten) await putBefore(this.#finalPath(table.name), path);
    const before = isRewritten ? await this.#countOf(`select count(*) from read_parquet(${old})`) : 0;
    this.sql.push(copy('select …', this.#finalPath(table.name)));
    return Number(rows[0]?.[0]) - before;
  }

  async finish(): Promise<void> {
    // A rename must not overtake the bytes it names.
    for (const path of this.#written.values()) await syncToDisk(path);
  }

  relation(table: string): string {
    return formats[this.#format].reader(quoteText(this.#finalPath(table)));
  }

  async count(sql: string): Promise<number> {
    // Until the rename the rows stand under the temporary names; the SQL that is shown names the files a user will find.
    let actual = sql;
    for (const [table, path] of this.#written)
      actual = actual.replaceAll(quoteText(this.#finalPath(table)), quoteText(path));
    return await this.#countOf(actual);
  }

  async #countOf(sql: string): Promise<number> {
    const { rows } = await queryDuckdb(this.#context.duckdb, sql);
    return Number(rows[0]?.[0]);
  }

  async commit(): Promise<readonly ArtifactFile[]> {
    const files: ArtifactFile[] = [];
    for (const [table, path] of this.#written) {
      const final = this.#finalPath(table);
      await rename(path, final);
      files.push({ name: basename(final), kind: 'data', content_type: contentTypes[this.#format] });
    }
    this.#written.clear();
    return this.#isArtifact ? files : [];
  }

  async close(): Promise<void> {
    // DuckDB first: a COPY that was interrupted still holds its file.
    await this.#context.closeDuckdb();
    for (const path of this.#written.values()) await rm(path, { force: true });
    this.#written.clear();
  }
}

/** Makes of `path` what stands in `first`, followed by what stands in it: a whole new file under its own name. */
async function putBefore(first: string, path: string): Promise<void> {
  const rest = `${path}.rest`;
  await rename(path, rest);
  try {
    await copyFile(first, path);
    await pipeline(createReadStream(rest), createWriteStream(path, { flags: 'a' }));
  } finally {
    await rm(rest, { force: true });
  }
}

async function syncToDisk(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function subFolder(folder: string, schema: string | undefined): string {
  if (schema === undefined) return folder;
  const path = resolve(folder, schema);
  if (path.startsWith(`${resolve(folder)}${sep}`)) return path;
  throw new EngineError(
    'definition',
    'outside_folder',
    `schema: ${schema} lies outside the folder of the connection`,
    {
      hint: 'For files, schema is the name of a sub-folder.',
    },
  );
}

/** A connection of type files, or, without a connection, Parquet among the artifacts of the job. */
export const openFilesTarget: OpenTarget = async (connection, context) => {
  const { rows } = await queryDuckdb(context.duckdb, 'select version()');
  const version = `DuckDB ${String(rows[0]?.[0])}`;
  if (connection === undefined)
    return new FilesTarget({ name: 'artifacts', version }, context, {
      folder: context.artifactDir,
      format: 'parquet',
      isArtifact: true,
    });
  const { definition } = connection;
  if (definition.type !== 'files') throw new Error('not a files connection');
  if (existsSync(definition.path) && !(await stat(definition.path)).isDirectory())
    throw new EngineError('definition', 'not_a_folder', `${definition.path} is not a folder`);
  return new FilesTarget({ name: connection.name, version }, context, {
    folder: subFolder(definition.path, context.schema),
    format: definition.format ?? 'parquet',
    isArtifact: false,
  });
};
