import type { SchemaType } from '../../../protocol/files/generation.ts';
import type { DomainSpec } from '../spec.ts';
import { finance } from './finance.ts';
import { healthcare } from './healthcare.ts';
import { retail } from './retail.ts';

/** One entry for each schema type. */
export const domains: Readonly<Record<SchemaType, DomainSpec>> = {
  Retail: retail,
  Finance: finance,
  Healthcare: healthcare,
};
