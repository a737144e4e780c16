import type { SchemaType } from '../../../protocol/files/batch.ts';
import type { DomainSpec } from '../spec.ts';
import { retail } from './retail.ts';

/** One entry for each schema type. */
export const domains: Readonly<Partial<Record<SchemaType, DomainSpec>>> = {
  Retail: retail,
};
