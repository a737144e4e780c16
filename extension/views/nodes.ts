/** The elements of the trees, and the arguments that menu commands get: (node, selected nodes). Ids, never copies of state. */

export interface JobNode {
  readonly kind: 'job';
  readonly jobId: string;
}
export interface OperationNode {
  readonly kind: 'operation';
  readonly jobId: string;
  readonly operationId: string;
}
/** The last line of a list that has more: shows the next page. */
export interface MoreNode {
  readonly kind: 'more';
  /** Undefined: more jobs; else more operations of this job. */
  readonly jobId?: string;
}
export interface BatchFileNode {
  readonly kind: 'batchFile';
  readonly file: string;
}
export interface ProjectNode {
  readonly kind: 'project';
  readonly dir: string;
}
export interface PipelineNode {
  readonly kind: 'pipeline';
  readonly projectDir: string;
  readonly pipelineId: string;
}
export interface CheckNode {
  readonly kind: 'check';
  readonly projectDir: string;
  readonly pipelineId: string;
  readonly name: string;
}
export interface ConnectionNode {
  readonly kind: 'connection';
  readonly projectDir: string;
  readonly name: string;
}
/** A schema of a catalog, under its connection. */
export interface SchemaNode {
  readonly kind: 'schema';
  readonly projectDir: string;
  readonly connection: string;
  readonly schema: string;
}
/** A table or view. */
export interface RelationNode {
  readonly kind: 'relation';
  readonly projectDir: string;
  readonly connection: string;
  readonly schema: string;
  readonly relation: string;
}
export interface ColumnNode {
  readonly kind: 'column';
  readonly projectDir: string;
  readonly connection: string;
  readonly schema: string;
  readonly relation: string;
  readonly column: string;
}
export type RelationPart = 'keys' | 'indexes' | 'checks' | 'triggers';
/** The line above the keys, indexes … of a table; with `index` one of them. */
export interface RelationPartNode {
  readonly kind: 'relationPart';
  readonly projectDir: string;
  readonly connection: string;
  readonly schema: string;
  readonly relation: string;
  readonly part: RelationPart;
  readonly index?: number;
}
/** The last line of a schema that has more tables. */
export interface MoreTablesNode {
  readonly kind: 'moreTables';
  readonly projectDir: string;
  readonly connection: string;
  readonly schema: string;
}
/** In place of the schemas of a connection that was not extracted yet. */
export interface NoCatalogNode {
  readonly kind: 'noCatalog';
  readonly projectDir: string;
  readonly connection: string;
}
/** A line that only says something, such as the error that kept a list from loading. */
export interface NoteNode {
  readonly kind: 'note';
  readonly text: string;
}

export type JobsTreeNode = JobNode | OperationNode | MoreNode | NoteNode;
export type CatalogTreeNode =
  SchemaNode | RelationNode | ColumnNode | RelationPartNode | MoreTablesNode | NoCatalogNode;
export type FilesTreeNode =
  BatchFileNode | ProjectNode | PipelineNode | CheckNode | ConnectionNode | NoteNode | CatalogTreeNode;
export type TreeNode = JobsTreeNode | FilesTreeNode;

/** True for what a menu hands to a command; commands are called from the palette and by programs, too. */
export function isNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}

const catalogKinds: ReadonlySet<TreeNode['kind']> = new Set<CatalogTreeNode['kind']>([
  'schema',
  'relation',
  'column',
  'relationPart',
  'moreTables',
  'noCatalog',
]);

export function isCatalogNode(node: FilesTreeNode): node is CatalogTreeNode {
  return catalogKinds.has(node.kind);
}

/** The nodes of one kind that a menu command is about: the selection if the clicked node is in it, else the clicked one. */
export function nodesOf<K extends TreeNode['kind']>(
  kind: K,
  args: readonly unknown[],
): Extract<TreeNode, { kind: K }>[] {
  const [clicked, selected] = args;
  const all = Array.isArray(selected) && selected.length > 0 ? (selected as unknown[]) : [clicked];
  return all.filter((node): node is Extract<TreeNode, { kind: K }> => isNode(node) && node.kind === kind);
}
