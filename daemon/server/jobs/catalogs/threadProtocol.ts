import type { CompareOptions } from '../../../definitions/catalog/compareCatalogs.ts';
import type { ExistingPipeline } from '../../../definitions/pairing/pairFiles.ts';
import type { PairingFilter } from '../../../definitions/pairing/pairTables.ts';
import type { CatalogDifference } from '../../../protocol/catalogDifference.ts';
import type { CatalogObject, CatalogPage, StarterPipelines } from '../../../protocol/catalogMethods.ts';
import type { RpcErrorKind } from '../../../protocol/errors.ts';

export interface PageRequest {
  /** Absolute path of a catalog.json, as in all of these. */
  readonly path: string;
  readonly schema?: string | undefined;
  readonly search?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface ObjectRequest {
  readonly path: string;
  readonly schema: string;
  readonly table: string;
}

export interface CompareRequest {
  readonly before: { readonly path: string; readonly label: string };
  readonly after: { readonly path: string; readonly label: string };
  readonly options: CompareOptions;
  readonly breaking_only: boolean;
  readonly limit: number;
  readonly offset: number;
}

export interface StarterRequest extends PairingFilter {
  readonly source: { readonly path: string; readonly connection: string };
  readonly target: { readonly path: string; readonly connection: string };
  readonly existing: ReadonlyMap<string, ExistingPipeline>;
}

type WithoutJob<T> = Omit<T, 'connection' | 'job_id' | 'operation_id'>;

/** What the thread is asked, and what it answers. */
export interface CatalogQuestions {
  readonly page: { readonly input: PageRequest; readonly answer: WithoutJob<CatalogPage> };
  readonly object: { readonly input: ObjectRequest; readonly answer: WithoutJob<CatalogObject> };
  readonly compare: { readonly input: CompareRequest; readonly answer: CatalogDifference };
  readonly starterPipelines: { readonly input: StarterRequest; readonly answer: StarterPipelines };
}
export type CatalogQuestion = keyof CatalogQuestions;

export type ToCatalogThread = {
  readonly [Q in CatalogQuestion]: {
    readonly id: number;
    readonly question: Q;
    readonly input: CatalogQuestions[Q]['input'];
  };
}[CatalogQuestion];

export type FromCatalogThread =
  | { readonly id: number; readonly ok: true; readonly answer: CatalogQuestions[CatalogQuestion]['answer'] }
  | {
      readonly id: number;
      readonly ok: false;
      /** Undefined: a fault of ours. */
      readonly kind?: RpcErrorKind | undefined;
      readonly message: string;
      readonly hint?: string | undefined;
    };
