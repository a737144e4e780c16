/** The domains of data generation as lines of a quick pick. Free of vscode at run time. */
import type { SchemaType } from '../../../daemon/protocol/files/generation.ts';

export interface Domain {
  readonly type: SchemaType;
  readonly description: string;
  /** Whose rows are counted. */
  readonly factTable: string;
  readonly tables: readonly string[];
}

/** A test compares the tables with those that the engine makes. */
export const domains: readonly Domain[] = [
  {
    type: 'Retail',
    description: 'A shop: star schema of sales, returns and stock',
    factTable: 'fact_sales',
    tables: [
      'dim_date',
      'dim_customer',
      'dim_product',
      'dim_store',
      'dim_promotion',
      'fact_sales',
      'fact_returns',
      'fact_inventory_daily',
    ],
  },
  {
    type: 'Finance',
    description: 'A bank: accounts, cards, loans and a double-entry journal',
    factTable: 'transaction',
    tables: [
      'currency',
      'branch',
      'merchant',
      'gl_account',
      'customer',
      'account',
      'card',
      'loan',
      'loan_payment',
      'journal',
      'journal_line',
      'transaction',
    ],
  },
  {
    type: 'Healthcare',
    description: 'Patients, encounters, claims and observations',
    factTable: 'observation',
    tables: [
      'payer',
      'plan',
      'organization',
      'provider',
      'patient',
      'coverage',
      'encounter',
      'diagnosis',
      'medication',
      'claim',
      'claim_line',
      'claim_transaction',
      'observation',
    ],
  },
];
