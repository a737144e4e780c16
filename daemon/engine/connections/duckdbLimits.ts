export interface DuckdbLimits {
  readonly memory_limit_mb: number;
  readonly threads: number;
}

let limits: DuckdbLimits = { memory_limit_mb: 1024, threads: 2 };

/** Limits of the one DuckDB instance; they count from its creation on. Here, so that saying them loads no driver. */
export function configureDuckdb(next: DuckdbLimits): void {
  limits = next;
}

export function duckdbLimits(): DuckdbLimits {
  return limits;
}
