import type { Catalog, CatalogSchema, CatalogTable, CatalogView } from '../../protocol/catalog.ts';
import { html, isolated, page, table, type Markup } from '../markup.ts';
import { describeDefault, facts, isView, relationsOf, rowsText, tableNotes } from './catalogText.ts';
import { inferForeignKeys, type InferredForeignKey } from './inferForeignKeys.ts';

/** The catalog as one page that loads nothing and runs no script: names and texts of the database are text, whatever stands in them. */
export function catalogHtml(catalog: Catalog): string {
  const { connection, system, version, extracted_at, schemas, unreadable } = catalog;
  const body = html`
    <h1>Catalog of ${isolated(connection)}</h1>
    <p>${isolated(`${system} ${version}`)}, extracted ${extracted_at}</p>
    ${schemas.map((schema, index) => schemaPart(schema, index))}
    ${
      unreadable.length === 0
        ? undefined
        : html`<section>
            <h2>Not read</h2>
            ${table(
              ['object', 'reason'],
              unreadable.map(({ object, reason }) => [object, reason]),
            )}
          </section>`
    }
  `;
  return page(`Catalog of ${connection}`, body);
}

type Relation = CatalogTable | CatalogView;
const idOf = (schema: number, index: number): string => `s${schema}t${index}`;

function schemaPart(schema: CatalogSchema, place: number): Markup {
  const relations = relationsOf(schema);
  const inferred = inferForeignKeys(schema.tables);
  const { sequences = [], routines = [] } = schema;
  return html`<section>
    <h2>Schema ${isolated(schema.name)}</h2>
    ${schema.comment === null ? undefined : html`<p>${isolated(schema.comment)}</p>`}
    ${table(
      ['table', 'kind', 'columns', 'rows', 'comment'],
      relations.map((relation, index) => [
        html`<a href="#${idOf(place, index)}">${isolated(relation.name)}</a>`,
        relation.kind.replaceAll('_', ' '),
        relation.columns.length,
        rowsText(relation.row_count),
        relation.comment ?? '',
      ]),
    )}
    ${relations.map((relation, index) => relationPart(relation, idOf(place, index), inferred))}
    ${named(
      'Sequences',
      sequences.map(({ name }) => [name]),
    )}
    ${named(
      'Routines',
      routines.map(({ kind, name, arguments: list, returns }) => [
        `${kind} ${name}(${list})${returns === null ? '' : `: ${returns}`}`,
      ]),
    )}
  </section>`;
}

function named(title: string, rows: readonly (readonly string[])[]): Markup | undefined {
  return rows.length === 0
    ? undefined
    : html`<h3>${title}</h3>
        ${table(['name'], rows)}`;
}

function relationPart(relation: Relation, id: string, inferred: readonly InferredForeignKey[]): Markup {
  const notes = tableNotes(relation, inferred);
  return html`<h3 id="${id}">${isolated(relation.name)}</h3>
    ${relation.comment === null ? undefined : html`<p>${isolated(relation.comment)}</p>`}
    ${table(
      ['column', 'type', 'canonical', 'null', 'default', 'notes'],
      relation.columns.map((column) => [
        column.name,
        column.native_type,
        column.canonical_type,
        column.nullable === null ? '' : column.nullable ? 'yes' : 'no',
        column.default ?? '',
        [describeDefault(column), column.comment ?? '', ...facts(column.profile)]
          .filter((part) => part !== '')
          .join('; '),
      ]),
    )}
    ${table(
      ['', ''],
      notes.map(({ what, text, isGuess }) => [isGuess ? `${what} (inferred)` : what, text]),
    )}
    ${
      isView(relation) && relation.definition !== null
        ? html`<details>
            <summary>Definition</summary>
            <pre>${relation.definition}</pre>
          </details>`
        : undefined
    }`;
}
