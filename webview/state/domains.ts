/** What data generation knows to make, in words for people; sizes are measured ones (Parquet, whole domain). */
export const schemaNames = ['Retail', 'Finance', 'Healthcare'] as const;
export type SchemaName = (typeof schemaNames)[number];

export interface Domain {
  readonly description: string;
  /** The table that gets exactly the rows asked for. */
  readonly mainTable: string;
  readonly tables: readonly string[];
  /** Rows of all tables and bytes of their Parquet files, for each row asked for. */
  readonly rowsPerRow: number;
  readonly bytesPerRow: number;
}

export const domains: Readonly<Record<SchemaName, Domain>> = {
  Retail: {
    description:
      'A star schema: sales, returns and daily stock of a chain of shops, customers with their history.',
    mainTable: 'fact_sales',
    tables: [
      'fact_sales',
      'fact_returns',
      'fact_inventory_daily',
      'dim_date',
      'dim_customer',
      'dim_product',
      'dim_store',
      'dim_promotion',
    ],
    rowsPerRow: 1.66,
    bytesPerRow: 38,
  },
  Finance: {
    description:
      'A bank: accounts, cards and transactions, loans with their schedules, journals that balance.',
    mainTable: 'transaction',
    tables: [
      'transaction',
      'account',
      'customer',
      'card',
      'branch',
      'merchant',
      'currency',
      'journal',
      'journal_line',
      'loan',
      'loan_payment',
      'gl_account',
    ],
    rowsPerRow: 1.54,
    bytesPerRow: 36,
  },
  Healthcare: {
    description:
      'Patients with coverages, encounters, diagnoses and measurements, and the claims that are paid for them.',
    mainTable: 'observation',
    tables: [
      'observation',
      'patient',
      'encounter',
      'diagnosis',
      'medication',
      'coverage',
      'provider',
      'organization',
      'payer',
      'plan',
      'claim',
      'claim_line',
      'claim_transaction',
    ],
    rowsPerRow: 4.24,
    bytesPerRow: 85,
  },
};

/** Rows and bytes that generating this many rows comes to, roughly. */
export function estimate(name: SchemaName, rowCount: number): { rows: number; bytes: number } {
  const { rowsPerRow, bytesPerRow } = domains[name];
  return { rows: Math.round(rowCount * rowsPerRow), bytes: Math.round(rowCount * bytesPerRow) };
}
