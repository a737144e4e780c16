/** Checks for completion: bare names, and with the parameters one usually gives. */
import { CompletionItemKind, type CompletionItem } from 'vscode-languageserver/node';
import {
  checkGroups,
  checkKinds,
  checkParameterSchemas,
  type CheckKind,
} from '../../../../protocol/files/checks.ts';
import { nameItems, textItem, type Gap, type Name } from './items.ts';

/** Stands as it is; any other text becomes a scalar. */
class Literal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
const literal = (text: string) => new Literal(text);

type Shape = string | Literal | readonly Shape[] | { readonly [key: string]: Shape };

const usual: Readonly<Record<CheckKind, Readonly<Record<string, Shape>>>> = {
  schema_columns: { case_sensitive: literal('${1:true}') },
  schema_types: { columns: ['${1:column}'] },
  schema_nullability: { columns: ['${1:column}'] },
  row_count: { tolerance: { pct: literal('${1:1}') } },
  null_count: { columns: ['${1:column}'], max: literal('${2:0}') },
  unique_key: { columns: ['${1:column}'] },
  column_stats: { columns: ['${1:column}'], stats: ['sum', 'min', 'max', 'nulls'] },
  row_hash: { exclude: ['${1:column}'] },
  foreign_key: {
    columns: ['${1:column}'],
    references: { table: '${2:table}', columns: ['${3:column}'] },
  },
  accepted_values: { column: '${1:column}', values: ['${2:value}'] },
  range: { column: '${1:column}', min: literal('${2:0}') },
  rule: { name: '${1:what holds}', sql: '${2:amount >= 0}' },
  custom_sql: { name: '${1:what is compared}', source: '${2:select count(*) as n from t}' },
  schema_defaults: { columns: ['${1:column}'] },
  schema_keys: { compare: ['primary_key', '${1:indexes}'] },
  schema_drift: { columns: { '${1:column}': '${2:integer(64)}' } },
  row_count_by: { column: '${1:date column}', bucket: '${2:month}' },
  null_pct: { columns: ['${1:column}'], max: literal('${2:5}') },
  empty_count: { columns: ['${1:column}'], max: literal('${2:0}') },
  duplicate_count: { columns: ['${1:column}'], max: literal('${2:0}') },
  composite_key: { columns: ['${1:column}', '${2:column}'] },
  metric_sum: { column: '${1:amount}', group_by: ['${2:column}'] },
  metric_avg: { column: '${1:amount}', group_by: ['${2:column}'] },
  metric_ratio: { numerator: '${1:column}', denominator: '${2:column}' },
  row_values: { columns: ['${1:column}'], tolerance: { abs: literal('${2:0.01}') } },
  row_sample: { rows: literal('${1:1000}') },
  row_multiset: { columns: ['${1:column}'] },
  fk_alignment: {
    columns: ['${1:column}'],
    references: { table: '${2:table}', columns: ['${3:column}'] },
  },
  fact_dim_conformance: {
    columns: ['${1:column}'],
    dimension: { table: '${2:dim_table}', columns: ['${3:column}'] },
  },
  business_key: { columns: ['${1:column}'] },
  surrogate_key_map: { surrogate: '${1:column}', business_key: ['${2:column}'] },
  scd1: { business_key: ['${1:column}'] },
  scd2: {
    business_key: ['${1:column}'],
    effective_from: '${2:effective_from}',
    effective_to: '${3:effective_to}',
  },
  grain: { columns: ['${1:column}'] },
  late_arriving: { event: '${1:sold_at}', loaded: '${2:loaded_at}', max_delay: '${3:2d}' },
  additivity: {
    column: '${1:total}',
    columns: ['${2:key}'],
    detail: { table: '${3:lines}', columns: ['${4:header key}'], column: '${5:amount}' },
  },
  regex: { column: '${1:column}', pattern: '${2:[A-Z]+[0-9]+}' },
  length: { column: '${1:column}', max: literal('${2:20}') },
  checksum: { column: '${1:column}', algorithm: '${2:iban}' },
  distribution_shift: { column: '${1:column}' },
  top_values: { column: '${1:column}' },
  quantiles: { column: '${1:column}' },
  outliers_match: { column: '${1:column}' },
  ts_continuity: { column: '${1:date column}', grain: '${2:day}' },
  ts_duplicates: { column: '${1:date column}', by: ['${2:column}'] },
  rolling_drift: { column: '${1:date column}', value: '${2:amount}' },
  period_over_period: { column: '${1:date column}', value: '${2:amount}' },
  freshness: { column: '${1:loaded_at}', max_age: '${2:1d}' },
  timezone_shift: { columns: ['${1:column}'] },
  balance: { debit: '${1:debit}', credit: '${2:credit}' },
  reconcile: {
    total: { side: 'target', query: '${1:select sum(amount) from t}' },
    parts: [{ side: 'source', query: '${2:select sum(amount) from a}' }],
  },
  charset: { columns: ['${1:column}'] },
  whitespace: { columns: ['${1:column}'] },
  unicode_form: { columns: ['${1:column}'] },
  file_layout: { header: ['${1:column}'] },
  parquet_schema: { columns: { '${1:column}': '${2:BIGINT}' } },
};

const aliases: Name[] = Object.entries(checkGroups).map(([name, meant]) => ({
  name,
  kind: CompletionItemKind.EnumMember,
  documentation: `Short for ${meant.join(' and ')}.`,
}));

const bare: Name[] = [
  ...checkKinds
    .filter((kind) => checkParameterSchemas[kind].safeParse({}).success)
    .map((kind) => ({ name: kind, kind: CompletionItemKind.EnumMember, documentation: docs(kind) })),
  ...aliases,
];

/** As an entry of `checks`: what has no parameters yet. */
export function checkItems(gap: Gap, hasSnippets: boolean): CompletionItem[] {
  const { quote } = gap.place;
  // Between quotes only a name can stand.
  if (quote !== null) return nameItems(gap, bare);
  const isJson = gap.file.format === 'json';
  const withParameters = checkKinds.map((kind, index) =>
    textItem(gap, {
      label: `${kind}: …`,
      kind: CompletionItemKind.Snippet,
      documentation: { kind: 'markdown', value: docs(kind) },
      sortText: `1${String(index).padStart(6, '0')}`,
      text: snippet(kind, { isJson, isFlow: gap.place.isFlow, hasSnippets }),
      isSnippet: hasSnippets,
    }),
  );
  return [
    ...nameItems(
      gap,
      bare.filter(({ name }) => name !== 'range' && name !== 'schema_drift'),
    ),
    ...withParameters,
  ];
}

/** As the key of an entry that has its parameters already. */
export function checkKeyItems(gap: Gap): CompletionItem[] {
  return nameItems(
    gap,
    checkKinds.map((name) => ({ name, kind: CompletionItemKind.EnumMember, documentation: docs(name) })),
  );
}

function docs(kind: CheckKind): string {
  return checkParameterSchemas[kind].description ?? '';
}

interface Style {
  readonly isJson: boolean;
  readonly isFlow: boolean;
  readonly hasSnippets: boolean;
}

function snippet(kind: CheckKind, { isJson, isFlow, hasSnippets }: Style): string {
  const text = isJson
    ? `{ "${kind}": ${written(usual[kind], true)} }`
    : isFlow
      ? `{ ${kind}: ${written(usual[kind], false)} }`
      : `${kind}: ${written(usual[kind], false)}`;
  return hasSnippets ? text : text.replace(/\$\{\d:([^}]*)\}/g, '$1');
}

function written(shape: Shape, isJson: boolean): string {
  if (shape instanceof Literal) return shape.text;
  if (typeof shape === 'string') return isJson || /[^\w${}:]/.test(shape) ? `"${shape}"` : shape;
  if (isList(shape)) return `[${shape.map((item) => written(item, isJson)).join(', ')}]`;
  const parts = Object.entries(shape).map(
    ([key, value]) => `${isJson ? `"${key}"` : key}: ${written(value, isJson)}`,
  );
  return `{ ${parts.join(', ')} }`;
}

function isList(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape);
}
