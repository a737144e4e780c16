import * as z from 'zod';
import { tabSchema, type Tab } from '../protocol/messages.ts';
import { formsSchema } from './forms.ts';
import { historySchema } from './history.ts';
import { operationFilters } from './operations.ts';

const operationFilterSchema = z.object({
  status: z.enum(operationFilters).catch(''),
  text: z.string().catch(''),
});
const noOperationFilter = operationFilterSchema.parse({});

/** What the person chose: kept over hiding the panel and reloading the window. Unknown parts fall back one by one. */
export const viewSchema = z.object({
  tab: tabSchema.catch('active'),
  job_id: z.string().nullable().catch(null),
  operation_id: z.string().nullable().catch(null),
  /** Of the operations of the job. */
  operation_filter: operationFilterSchema.catch(noOperationFilter),
  compared: z.tuple([z.string(), z.string()]).nullable().catch(null),
  history: historySchema.catch(historySchema.parse({})),
  forms: formsSchema.catch(formsSchema.parse({})),
});
export type ViewState = z.infer<typeof viewSchema>;

export function readView(kept: unknown): ViewState {
  const known = typeof kept === 'object' && kept !== null ? kept : {};
  return viewSchema.parse(known);
}

export function showTab(view: ViewState, tab: Tab): ViewState {
  return { ...view, tab, job_id: null, operation_id: null, compared: null };
}

export function showJob(view: ViewState, jobId: string): ViewState {
  return { ...view, job_id: jobId, operation_id: null, operation_filter: noOperationFilter };
}

/** Back from a job to where it was opened: the comparison, or the tab. */
export function closeJob(view: ViewState): ViewState {
  return { ...view, job_id: null, operation_id: null };
}
