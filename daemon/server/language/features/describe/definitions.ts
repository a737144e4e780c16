/** Connections and pipelines in a few words, half-written ones too. Never a password, a user or a token. */
import type { LoadedPipeline, LoadedProject } from '../../../../definitions/project.ts';
import { locateChecks } from '../../../../definitions/pipeline.ts';
import { isRecord, shorten, valueAt } from '../../../../definitions/values.ts';

const maxShown = 200;

/** `postgres · localhost:5433/shop`, `duckdb · data/warehouse.duckdb`. */
export function connectionText(definition: unknown): string {
  if (!isRecord(definition)) return '';
  const { type, path, host, port, database, account } = definition;
  const isLocal = type === 'postgres' || type === 'mysql' || type === 'sqlserver';
  const server = [host ?? (type === 'snowflake' ? account : isLocal ? 'localhost' : undefined), port]
    .filter(isShown)
    .join(':');
  const place = isShown(path) ? String(path) : [server, database].filter(isShown).join('/');
  return shorten([type, place].filter((part) => isShown(part) && part !== '').join(' · '), maxShown);
}

function isShown(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** What ombudsman.yaml says about a connection. */
export function connectionOf(project: LoadedProject, name: string): unknown {
  return valueAt(project.positions.value, ['connections', name]);
}

export function connectionNames(project: LoadedProject): string[] {
  const connections = valueAt(project.positions.value, ['connections']);
  return isRecord(connections) ? Object.keys(connections) : [];
}

/** `legacy.public.customer`, `legacy (query)`; '' while it says neither. */
export function sideText(side: unknown): string {
  if (!isRecord(side)) return '';
  const connection = typeof side.connection === 'string' ? side.connection : '?';
  if (typeof side.table === 'string') return shorten(`${connection}.${side.table}`, maxShown);
  return side.query === undefined ? '' : `${connection} (query)`;
}

/** `legacy.customer → warehouse.dim_customer`. */
export function pipelineText({ positions }: Pick<LoadedPipeline, 'positions'>): string {
  const sides = [
    sideText(valueAt(positions.value, ['source'])),
    sideText(valueAt(positions.value, ['target'])),
  ];
  return sides.every((side) => side === '')
    ? ''
    : sides.map((side) => (side === '' ? '?' : side)).join(' → ');
}

/** Names of the checks, those of the starter set too. */
export function checkNames({ spec, positions }: Pick<LoadedPipeline, 'spec' | 'positions'>): string[] {
  // To locate them costs reading each again, and completion asks for those of every pipeline.
  const checks = spec?.checks ?? locateChecks(positions).map(({ check }) => check);
  return checks.map(({ name }) => name);
}
