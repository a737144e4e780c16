import * as z from 'zod';
import { tabSchema, type Tab } from '../protocol/messages.ts';
import { compareFilterSchema, noCompareFilter } from './compare.ts';
import { isSamePlace, openRowsSchema, type OpenRows } from './differences.ts';
import { formsSchema } from './forms.ts';
import { historySchema } from './history.ts';
import { operationFilters } from './operations.ts';
import { periods } from './trends.ts';

const operationFilterSchema = z.object({
  status: z.enum(operationFilters).catch(''),
  text: z.string().catch(''),
});
/** More tables of rows than one looks at: the one opened first is left out. */
const keptOpenRows = 8;
const noOperationFilter = operationFilterSchema.parse({});

/** What the person chose: kept over hiding the panel and reloading the window. Unknown parts fall back one by one. */
export const viewSchema = z.object({
  tab: tabSchema.catch('active'),
  job_id: z.string().nullable().catch(null),
  operation_id: z.string().nullable().catch(null),
  /** Of the operations of the job. */
  operation_filter: operationFilterSchema.catch(noOperationFilter),
  /** Tables of differing rows that are open in the job. */
  open_rows: z.array(openRowsSchema).catch([]),
  compared: z.tuple([z.string(), z.string()]).nullable().catch(null),
  compare_filter: compareFilterSchema.catch(noCompareFilter),
  /** Of the overview. */
  period: z.enum(periods).catch('30'),
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
  return { ...view, job_id: jobId, operation_id: null, operation_filter: noOperationFilter, open_rows: [] };
}

/** Two runs, the earlier one first; null: none. */
export function compareRuns(view: ViewState, compared: ViewState['compared']): ViewState {
  return { ...view, compared, compare_filter: noCompareFilter };
}

/** Opens a table of differing rows, or keeps what is chosen in it. */
export function showRows(view: ViewState, rows: OpenRows): ViewState {
  return { ...view, open_rows: [...hideRows(view, rows).open_rows, rows].slice(-keptOpenRows) };
}

export function hideRows(view: ViewState, rows: OpenRows): ViewState {
  return { ...view, open_rows: view.open_rows.filter((each) => !isSamePlace(each, rows)) };
}

/** Back from a job to where it was opened: the comparison, or the tab. */
export function closeJob(view: ViewState): ViewState {
  return { ...view, job_id: null, operation_id: null };
}
