import type { DaemonClient } from '../../../../daemon/client/connectDaemon.ts';
import type { Job } from '../../../../daemon/protocol/entities.ts';
import { ApiError } from '../../../../daemon/protocol/errors.ts';
import type { DaemonState } from '../../../../extension/platform/daemonState.ts';
import { DaemonCatalogStore } from '../../../../extension/platform/catalogStore.ts';
import { Emitter } from '../../../../extension/platform/emitter.ts';
import type {
  CatalogObject,
  DaemonSession,
  JobStore,
  JobStoreChange,
} from '../../../../extension/platform/services.ts';
import { fakeJobId } from '../../../support/fakeJobService.ts';
import { silentLog } from '../../../support/jobs.ts';

type Table = CatalogObject['table'];

/** A daemon that knows extracted catalogs, and the store that asks it. */
export class FakeCatalogs {
  readonly asked: string[] = [];
  readonly told: string[] = [];
  readonly jobs = new Map<string, Job>();
  readonly changes = new Emitter<JobStoreChange>((error) => {
    throw error;
  });
  readonly states = new Emitter<DaemonState>((error) => {
    throw error;
  });
  /** By connection: its schemas with their tables. */
  readonly catalogs = new Map<string, Record<string, readonly Table[]>>();
  inferred: CatalogObject['inferred_foreign_keys'] = [];
  run = 1;
  fails: Error | undefined;
  readonly store: DaemonCatalogStore;

  constructor() {
    const call = async (method: string, input: Record<string, unknown>): Promise<unknown> => {
      this.asked.push(method);
      await Promise.resolve();
      if (this.fails !== undefined) throw this.fails;
      return this.#answer(method, input);
    };
    const session = {
      client: { call } as unknown as DaemonClient,
      call,
      onDidChangeState: this.states.event,
    };
    this.store = new DaemonCatalogStore(
      session as unknown as DaemonSession,
      { jobs: this.jobs, onDidChange: this.changes.event } as unknown as JobStore,
      silentLog,
    );
    this.store.onDidChange((dir) => this.told.push(dir));
  }

  change(more: Partial<JobStoreChange>): void {
    this.changes.fire({
      isReset: false,
      changedJobs: new Set(),
      removedJobs: new Set(),
      deletedJobs: new Set(),
      changedOperations: new Map(),
      endedJobs: new Set(),
      ...more,
    });
  }

  #answer(method: string, input: Record<string, unknown>): unknown {
    const snapshot = { job_id: fakeJobId(this.run), operation_id: 'op-0001' };
    const finished_at = `2026-01-31T1${this.run}:00:00.000Z`;
    if (method === 'catalogs/list')
      return {
        catalogs: [...this.catalogs.keys()].map((connection) => ({ connection, ...snapshot, finished_at })),
        total: this.catalogs.size,
      };
    const connection = String(input['connection']);
    const schemas = this.catalogs.get(connection);
    if (schemas === undefined) throw new ApiError('not_found', 'not extracted yet');
    const from = { connection, ...snapshot, extracted_at: finished_at };
    if (method === 'catalogs/table') {
      const table = schemas[String(input['schema'])]?.find(({ name }) => name === input['table']);
      if (table === undefined) throw new ApiError('not_found', 'no such table');
      return { ...from, schema: input['schema'], table, inferred_foreign_keys: this.inferred };
    }
    const search = (input['search'] as string | undefined) ?? '';
    const fitting = Object.entries(schemas).map(([name, tables]) => ({
      name,
      tables: tables.filter((table) => table.name.includes(search)),
    }));
    const found = fitting
      .filter(({ name }) => input['schema'] === undefined || input['schema'] === name)
      .flatMap(({ name, tables }) => tables.map((table) => ({ schema: name, table })));
    const offset = Number(input['offset'] ?? 0);
    return {
      ...from,
      system: 'PostgreSQL',
      version: '16.2',
      schemas: fitting.map(({ name, tables }) => ({
        name,
        comment: null,
        tables: tables.filter(({ kind }) => kind !== 'view').length,
        views: tables.filter(({ kind }) => kind === 'view').length,
      })),
      tables: found.slice(offset, offset + Number(input['limit'])).map(({ schema, table }) => ({
        schema,
        name: table.name,
        kind: table.kind,
        columns: table.columns.length,
        row_count: table.row_count,
        comment: table.comment,
      })),
      total: found.length,
      unreadable: 2,
    };
  }
}

/** A table with columns `name: type`; the first is its key. */
export function fakeTable(
  name: string,
  columns: Readonly<Record<string, string>>,
  more: Partial<Table> = {},
): Table {
  const table = {
    name,
    kind: 'table',
    comment: null,
    columns: Object.entries(columns).map(([column, type], index) => ({
      name: column,
      position: index + 1,
      native_type: type,
      canonical_type: type,
      length: null,
      precision: null,
      scale: null,
      nullable: index > 0,
      default: null,
      identity: null,
      generated: null,
      collation: null,
      comment: null,
    })),
    indexes: [],
    row_count: { value: 1200, method: 'estimate' },
    bytes: null,
    primary_key: { name: `${name}_pkey`, columns: Object.keys(columns).slice(0, 1) },
    unique_keys: [],
    foreign_keys: [],
    checks: [],
  };
  return { ...table, ...more } as Table;
}
