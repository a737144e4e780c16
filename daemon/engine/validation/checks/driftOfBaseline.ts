import { readFile } from 'node:fs/promises';
import { compareCatalogs } from '../../../definitions/catalog/compareCatalogs.ts';
import { changeText, objectName } from '../../../definitions/catalog/differenceMarkdown.ts';
import { onlyBreaking } from '../../../definitions/catalog/onlyBreaking.ts';
import { parseCatalog } from '../../../definitions/catalog/parseCatalog.ts';
import { withoutExtension } from '../../../definitions/catalog/patterns.ts';
import { listed } from '../../../definitions/suggest.ts';
import type { Catalog, CatalogTable, CatalogView } from '../../../protocol/catalog.ts';
import type { CatalogChange } from '../../../protocol/catalogDifference.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { splitTableName } from '../../connections/ansiDialect.ts';
import { EngineError } from '../../errors.ts';
import type { CheckContext, CheckFinding, CheckSide } from './check.ts';
import { chosenSides } from './sides.ts';
import { extractTable } from './tableCatalog.ts';

const maxToldChanges = 100;
const maxReasons = 10;

/** What differs between the tables of the chosen sides and the catalog in the file `baseline`. */
export async function driftOfBaseline(
  params: CheckParameters<'schema_drift'>,
  context: CheckContext,
): Promise<CheckFinding> {
  const path = params.baseline ?? '';
  const baseline = await readBaseline(path);
  const expected: Record<string, string> = {};
  const actual: Record<string, number> = {};
  const changes: { readonly side: string; readonly change: CatalogChange }[] = [];
  const notCompared: string[] = [];
  for (const side of chosenSides(context, params.side)) {
    const { catalog, schema, name } = await extractTable(side, context);
    const now = oneTable(catalog, schema, name, `the catalog of the ${side.name}`);
    const [wantedName = name, wantedSchema] = wanted(params, side, schema, name);
    const then = oneTable(baseline, wantedSchema, wantedName, `the baseline ${path}`);
    const whole = compareCatalogs(
      { label: path, catalog: then.catalog },
      { label: side.name, catalog: now.catalog },
      { schemaMap: { [then.schema]: now.schema }, tableMap: { [then.name]: now.name } },
    );
    const told = params.breaking_only ? onlyBreaking(whole) : whole;
    expected[side.name] = `${then.schema}.${then.name} of ${baseline.extracted_at}`;
    actual[side.name] = told.summary.changes;
    changes.push(...told.changes.map((change) => ({ side: side.name, change })));
    notCompared.push(...whole.not_compared.map(({ what, reason }) => `not compared: ${what} (${reason})`));
  }
  const texts = changes.map(({ side, change }) => `${side} ${objectName(change)} ${changeText(change)}`);
  return {
    status: changes.length > 0 ? 'failed' : 'passed',
    expected,
    actual: { changes: actual },
    samples: changes.slice(0, maxToldChanges).map(({ side, change }) => ({ side, ...change })),
    ...(texts.length > 0 && {
      reason: `${texts.slice(0, maxReasons).join('; ')}${texts.length > maxReasons ? ` and ${texts.length - maxReasons} more` : ''}`,
    }),
    ...(notCompared.length > 0 && { reductions: [...new Set(notCompared)] }),
  };
}

async function readBaseline(path: string): Promise<Catalog> {
  try {
    return parseCatalog(await readFile(path, 'utf8'));
  } catch (error) {
    const message = `the baseline ${path} cannot be read: ${(error as Error).message}`;
    throw new EngineError('definition', 'baseline_unreadable', message, {
      hint: 'Write one with "ombudsman catalog show CONNECTION --format json -o FILE".',
    });
  }
}

function wanted(
  { baseline_table: table }: CheckParameters<'schema_drift'>,
  { side }: CheckSide,
  schema: string | undefined,
  name: string,
): [name: string, schema: string | undefined] {
  if (table === undefined) return [name, schema];
  const parts = side.connection.type === 'files' ? [table] : splitTableName(table);
  return [parts.at(-1) ?? table, parts.length > 1 ? parts.at(-2) : undefined];
}

interface OneTable {
  /** The catalog with this one table in it. */
  readonly catalog: Catalog;
  readonly schema: string;
  readonly name: string;
}

/** The table by its name, exactly or without letter case; EngineError of kind `definition` if there is none, or several. */
function oneTable(catalog: Catalog, schema: string | undefined, name: string, what: string): OneTable {
  const all = catalog.schemas.flatMap((each) =>
    [...each.tables, ...each.views].map((relation) => ({ schema: each, relation })),
  );
  const isNamed = (relation: CatalogTable | CatalogView, fold: (text: string) => string): boolean =>
    [relation.name, withoutExtension(relation.name)].some((each) => fold(each) === fold(name));
  const inSchema = all.filter((each) => schema === undefined || each.schema.name === schema);
  // A baseline of another system has other schemas.
  const places = inSchema.length > 0 ? inSchema : all;
  const exact = places.filter(({ relation }) => isNamed(relation, (text) => text));
  const found =
    exact.length > 0
      ? exact
      : places.filter(({ relation }) => isNamed(relation, (text) => text.toLowerCase()));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    const message =
      only === undefined ? `${what} has no table ${name}` : `${what} has ${found.length} tables ${name}`;
    const hint =
      only === undefined
        ? `It has ${listed(all.map(({ relation }) => relation.name))}; baseline_table names one.`
        : 'Write schema.table in the pipeline, or in baseline_table.';
    throw new EngineError('definition', 'baseline_table', message, { hint });
  }
  const { tables, views } = only.schema;
  const alone = {
    ...only.schema,
    tables: tables.filter((each) => each === only.relation),
    views: views.filter((each) => each === only.relation),
    sequences: undefined,
    routines: undefined,
  };
  return {
    catalog: { ...catalog, schemas: [alone], scope: undefined, unreadable: [] },
    schema: only.schema.name,
    name: only.relation.name,
  };
}
