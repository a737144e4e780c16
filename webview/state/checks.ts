import type { CheckResult } from '../../daemon/protocol/results.ts';

const shownSamples = 20;
const shownColumns = 20;

export interface SampleTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly hidden: number;
}

/** Rows a check found, as a table; undefined without any, and where the rows themselves can be looked at. */
export function sampleTable({ samples, differences }: CheckResult): SampleTable | undefined {
  const hasRows = differences !== undefined && differences.artifact_id !== null;
  if (samples.length === 0 || hasRows) return undefined;
  const shown = samples.slice(0, shownSamples);
  const columns = [...new Set(shown.flatMap((sample) => Object.keys(sample)))].slice(0, shownColumns);
  return {
    columns,
    rows: shown.map((sample) =>
      columns.map((column) => (Object.hasOwn(sample, column) ? sample[column] : undefined)),
    ),
    hidden: samples.length - shown.length,
  };
}
