/** What a person chose of a data generation, and how it is said. Free of vscode. */
import { formatCount } from '../../../daemon/client/text.ts';
import type { MethodInput } from '../../../daemon/protocol/methods.ts';
import type { Domain } from './domains.ts';

export interface GenerationDraft {
  readonly domain: Domain;
  readonly rows: number;
  readonly seed: number;
  /** Null: Parquet files among the artifacts of the job. */
  readonly connection: string | null;
  readonly faults: { readonly count: number } | { readonly rate: number } | null;
}

type Item = MethodInput<'data/bulkGenerate'>['items'][number];

export function generationItem({ domain, rows, seed, connection, faults }: GenerationDraft): Item {
  return {
    schema_type: domain.type,
    row_count: rows,
    seed,
    connection: connection ?? undefined,
    faults: faults ?? undefined,
  };
}

/** What to agree to before the tables of a connection are replaced; null where nothing is. */
export function replacementOf(
  { domain, connection }: GenerationDraft,
  projectId: string,
): { question: string; detail: string } | null {
  if (connection === null) return null;
  const { tables } = domain;
  return {
    question: `Replace ${formatCount(tables.length)} tables in “${connection}” of ${projectId}?`,
    detail: `${tables.join(', ')} are replaced, whatever they hold. Everything else in “${connection}” stays as it is.`,
  };
}
