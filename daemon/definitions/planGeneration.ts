/** A generation as written -> its work: what is generated, where it goes, and what contradicts itself. */
import { isAbsolute, resolve } from 'node:path';
import { plural } from '../protocol/countText.ts';
import type { PlannedWork } from '../protocol/plan.ts';
import type { SchemaFile } from '../protocol/files/schema.ts';
import { hasErrors, type Path } from './document.ts';
import {
  ownConnection,
  report,
  unplanned,
  type ItemOf,
  type PlannedItem,
  type WorkContext,
} from './planContext.ts';
import { parseSchema } from './schema/parseSchema.ts';
import { pathText } from './values.ts';

type Item = ItemOf<'data_generation'>;
type Generation = Extract<PlannedWork, { type: 'data_generation' }>;

/** Days that the shortest range of dates has. */
const shortestDays = 90;

/** Resolves one generation; what is wrong with it goes to `context.diagnostics`. */
export async function planGeneration(context: WorkContext, item: Item, path: Path): Promise<PlannedItem> {
  const { connection = null, target_connection: faulty, schema_file: file, schema_type: domain } = item;
  const what = domain ?? file ?? 'data';
  const places = [connection, ...(faulty === undefined ? [] : [faulty])];
  const automaticName = connection === null ? what : `${what} -> ${places.join(', ')}`;
  const isRight = [
    checkSource(context, item, path),
    checkPair(context, item, path),
    checkDates(context, item, path),
  ];
  const definition =
    file === undefined || isRight[0] === false
      ? null
      : await readSchema(context, file, [...path, 'schema_file']);
  const found = connection === null ? null : ownConnection(context, connection, [...path, 'connection']);
  const target = faulty === undefined ? null : ownConnection(context, faulty, [...path, 'target_connection']);
  if (isRight.includes(false)) return unplanned(automaticName);
  if ((connection !== null && found === null) || (faulty !== undefined && target === null))
    return unplanned(automaticName);
  if (file !== undefined && definition === null) return unplanned(automaticName);
  const name = domain ?? definition?.schema_name ?? what;
  const rows = item.row_count === undefined ? '' : `, ${plural(item.row_count, 'row')}`;
  const slots = [found, target].flatMap((each) => (each === null ? [] : [each.slot]));
  return {
    automaticName,
    work: workOf(item, definition, found?.dir ?? target?.dir ?? null),
    connections: slots.sort(([, a], [, b]) => (a < b ? -1 : 1)),
    description: `${name}${rows} → ${connection === null ? 'Parquet files' : places.join(' and ')}`,
  };
}

function workOf(item: Item, definition: SchemaFile | null, dir: string | null): Generation {
  const {
    schema_type,
    schema_file: _file,
    pair: _pair,
    type,
    connection = null,
    name: _name,
    depends_on: _dependsOn,
    timeout: _timeout,
    retry: _retry,
    ...options
  } = item;
  const faults = options.faults ?? definition?.faults;
  const locale = options.locale ?? definition?.locale;
  const given = {
    ...options,
    ...(schema_type !== undefined && { schema_type }),
    ...(definition !== null && { schema_definition: definition }),
    ...(faults !== undefined && { faults }),
    ...(locale !== undefined && { locale }),
  };
  return {
    type,
    project_dir: dir,
    connection,
    seed: options.seed,
    ...(Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as Partial<Generation>),
  };
}

function checkSource(context: WorkContext, item: Item, path: Path): boolean {
  const { schema_type: domain, schema_file: file, row_count: rows } = item;
  const place = pathText(path);
  if (domain === undefined && file === undefined) {
    report(context, path, 'key', {
      code: 'missing_key',
      message: `${place} needs "schema_type"`,
      hint: 'add schema_type: (the domain whose tables are generated), or schema_file: with tables of your own',
    });
    return false;
  }
  if (domain !== undefined && file !== undefined) {
    report(context, [...path, 'schema_file'], 'key', {
      code: 'invalid_value',
      message: `${place} has both schema_type and schema_file`,
      hint: 'remove one of them',
    });
    return false;
  }
  if (domain !== undefined && rows === undefined) {
    report(context, path, 'key', {
      code: 'missing_key',
      message: `${place} needs "row_count"`,
      hint: 'add row_count: (Rows of the largest fact table; exact.)',
    });
    return false;
  }
  return true;
}

function checkPair(context: WorkContext, item: Item, path: Path): boolean {
  const { pair = false, connection, target_connection: target, target_schema: schema } = item;
  const wrong = (key: string, message: string, hint: string): false => {
    report(context, key === '' ? path : [...path, key], 'key', { code: 'invalid_value', message, hint });
    return false;
  };
  if (!pair) {
    if (target !== undefined)
      return wrong('target_connection', 'target_connection needs pair: true', 'add pair: true');
    return schema === undefined || wrong('target_schema', 'target_schema needs pair: true', 'add pair: true');
  }
  if (connection === undefined || target === undefined)
    return wrong(
      'pair',
      'a pair needs two connections',
      'connection: gets the clean data, target_connection: the faulty',
    );
  if (connection === target)
    return wrong(
      'target_connection',
      'both halves of a pair go to one connection',
      'name another connection',
    );
  if (item.faults === undefined && item.schema_file === undefined)
    return wrong('pair', 'a pair without faults would be two equal halves', 'add faults: { count: 100 }');
  return true;
}

const dayMs = 86_400_000;

function checkDates(context: WorkContext, { date_range: range }: Item, path: Path): boolean {
  if (range === undefined) return true;
  const days = (Date.parse(range.to) - Date.parse(range.from)) / dayMs + 1;
  if (days >= shortestDays) return true;
  report(context, [...path, 'date_range'], 'value', {
    code: 'invalid_value',
    message: `date_range has ${Math.max(0, days)} days; the data need at least ${shortestDays}`,
    hint: `write a later day: to: ${new Date(Date.parse(range.from) + (shortestDays - 1) * dayMs).toISOString().slice(0, 10)}`,
  });
  return false;
}

async function readSchema(context: WorkContext, written: string, path: Path): Promise<SchemaFile | null> {
  const { baseDir } = context;
  const file = isAbsolute(written) ? written : baseDir === null ? null : resolve(baseDir, written);
  const document = file === null ? null : await context.readDocument(file);
  if (document === null) {
    report(context, path, 'value', {
      code: 'unknown_schema_file',
      message: `there is no schema file ${written}`,
      hint: `write the path of a *.schema.yaml${baseDir === null ? ', as an absolute path' : `, relative to ${baseDir}`}`,
    });
    return null;
  }
  const { schema, diagnostics } = parseSchema(document);
  if (!context.told.has(`schema ${document.file}`)) {
    context.told.add(`schema ${document.file}`);
    context.diagnostics.push(...diagnostics);
  }
  return hasErrors(diagnostics) ? null : schema;
}
