import type { CatalogObject, CatalogStore } from '../platform/services.ts';
import {
  columnItem,
  moreTablesItem,
  noCatalogItem,
  partItem,
  partLines,
  relationItem,
  schemaItem,
} from './catalogItems.ts';
import {
  catalogTooltip,
  columnTooltip,
  partTooltip,
  relationTooltip,
  schemaTooltip,
} from './catalogTooltips.ts';
import { facts, formatAgo } from './format.ts';
import { goneItem } from './lineItems.ts';
import type {
  CatalogTreeNode,
  ColumnNode,
  ConnectionNode,
  FilesTreeNode,
  RelationNode,
  RelationPart,
  RelationPartNode,
  SchemaNode,
} from './nodes.ts';
import type { ViewItem } from './viewItem.ts';

type Store = Pick<
  CatalogStore,
  'schemas' | 'openSchemas' | 'tables' | 'openTables' | 'table' | 'openTable' | 'filter' | 'extractedAt'
>;

const parts: readonly RelationPart[] = ['keys', 'indexes', 'checks', 'triggers'];

/** What stands under a connection: the schemas, tables, columns, keys and indexes of its last extraction, read when they are opened. */
export class CatalogModel {
  readonly #store: Store;
  readonly #nowMs: () => number;

  constructor(store: Store, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  /** What could not be had is a line that says why. */
  async children(node: ConnectionNode | CatalogTreeNode): Promise<FilesTreeNode[]> {
    try {
      return await this.#childrenOf(node);
    } catch (error) {
      return [{ kind: 'note', text: error instanceof Error ? error.message : String(error) }];
    }
  }

  /** What the line of a connection says of its catalog. */
  connectionText(node: ConnectionNode): string {
    const place = { projectDir: node.projectDir, connection: node.name };
    const at = this.#store.extractedAt(place) ?? this.#store.schemas(place)?.extracted_at;
    const filter = this.#store.filter(place);
    return facts(
      at !== undefined && `catalog ${formatAgo(at, this.#nowMs())}`,
      filter !== '' && `only *${filter}*`,
    );
  }

  connectionTooltip(node: ConnectionNode): string | undefined {
    const catalog = this.#store.schemas({ projectDir: node.projectDir, connection: node.name });
    return catalog && catalogTooltip(catalog, this.#nowMs());
  }

  item(node: CatalogTreeNode): ViewItem {
    const found = this.#item(node);
    return found ?? goneItem(`gone/${JSON.stringify(node)}`);
  }

  tooltip(node: CatalogTreeNode): string | undefined {
    switch (node.kind) {
      case 'schema': {
        const schema = this.#schema(node);
        return schema && schemaTooltip(schema);
      }
      case 'relation': {
        const entry = this.#store.tables(node, node.schema)?.entries.get(node.relation);
        return entry && relationTooltip(entry, this.#object(node));
      }
      case 'column': {
        const object = this.#object(node);
        const column = object?.table.columns.find(({ name }) => name === node.column);
        return object && column && columnTooltip(object, column);
      }
      case 'relationPart': {
        const line = node.index === undefined ? undefined : this.#lines(node)[node.index];
        return line && partTooltip(line);
      }
      case 'moreTables':
      case 'noCatalog':
        return undefined;
    }
  }

  parent(node: CatalogTreeNode): FilesTreeNode {
    const { projectDir, connection } = node;
    const isAlone = node.kind === 'noCatalog' || node.kind === 'schema';
    if (isAlone || (node.kind !== 'column' && node.kind !== 'relationPart' && this.#isFlat(node)))
      return { kind: 'connection', projectDir, name: connection };
    const { schema } = node;
    if (node.kind === 'relation' || node.kind === 'moreTables')
      return { kind: 'schema', projectDir, connection, schema };
    const { relation } = node;
    if (node.kind === 'relationPart' && node.index !== undefined)
      return { kind: 'relationPart', projectDir, connection, schema, relation, part: node.part };
    return { kind: 'relation', projectDir, connection, schema, relation };
  }

  async #childrenOf(node: ConnectionNode | CatalogTreeNode): Promise<FilesTreeNode[]> {
    const { projectDir } = node;
    switch (node.kind) {
      case 'connection': {
        const place = { projectDir, connection: node.name };
        const catalog = await this.#store.openSchemas(place);
        if (catalog === undefined) return [{ kind: 'noCatalog', ...place }];
        const schemas = catalog.schemas.map(({ name }): SchemaNode => ({
          kind: 'schema',
          ...place,
          schema: name,
        }));
        const [only] = schemas;
        return only !== undefined && this.#isFlat(place) ? this.#tables(only) : schemas;
      }
      case 'schema':
        return this.#tables(node);
      case 'relation':
        return this.#columnsAndParts(node, await this.#store.openTable(node, node.schema, node.relation));
      case 'relationPart': {
        if (node.index !== undefined) return [];
        await this.#store.openTable(node, node.schema, node.relation);
        return this.#lines(node).map((_, index): RelationPartNode => ({ ...node, index }));
      }
      case 'column':
      case 'moreTables':
      case 'noCatalog':
        return [];
    }
  }

  /** Files lie in no schema: the one of their catalog is a name that nobody wrote. */
  #isFlat(place: { readonly projectDir: string; readonly connection: string }): boolean {
    const catalog = this.#store.schemas(place);
    return catalog?.schemas.length === 1 && catalog.tables[0]?.kind === 'file';
  }

  async #tables({ projectDir, connection, schema }: SchemaNode): Promise<FilesTreeNode[]> {
    const place = { projectDir, connection };
    const { entries, total } = await this.#store.openTables(place, schema);
    const relations = [...entries.keys()].map((relation): RelationNode => ({
      kind: 'relation',
      ...place,
      schema,
      relation,
    }));
    return total > entries.size ? [...relations, { kind: 'moreTables', ...place, schema }] : relations;
  }

  #columnsAndParts(node: RelationNode, object: CatalogObject): FilesTreeNode[] {
    const place = { ...node, kind: undefined };
    const columns = object.table.columns.map(({ name }): ColumnNode => ({
      ...place,
      kind: 'column',
      column: name,
    }));
    const others = parts
      .filter((part) => partLines(object, part).length > 0)
      .map((part): RelationPartNode => ({ ...place, kind: 'relationPart', part }));
    return [...columns, ...others];
  }

  #item(node: CatalogTreeNode): ViewItem | undefined {
    switch (node.kind) {
      case 'noCatalog':
        return noCatalogItem(node);
      case 'schema': {
        const schema = this.#schema(node);
        return schema && schemaItem(node, schema, this.#store.filter(node));
      }
      case 'relation': {
        const entry = this.#store.tables(node, node.schema)?.entries.get(node.relation);
        return entry && relationItem(node, entry);
      }
      case 'moreTables': {
        const tables = this.#store.tables(node, node.schema);
        return tables && moreTablesItem(node, tables.total - tables.entries.size);
      }
      case 'column': {
        const object = this.#object(node);
        const column = object?.table.columns.find(({ name }) => name === node.column);
        return object && column && columnItem(node, object, column);
      }
      case 'relationPart':
        return partItem(node, this.#lines(node));
    }
  }

  #schema(node: SchemaNode) {
    return this.#store.schemas(node)?.schemas.find(({ name }) => name === node.schema);
  }

  #object(node: RelationNode | ColumnNode | RelationPartNode): CatalogObject | undefined {
    return this.#store.table(node, node.schema, node.relation);
  }

  #lines(node: RelationPartNode) {
    const object = this.#object(node);
    return object === undefined ? [] : partLines(object, node.part);
  }
}
