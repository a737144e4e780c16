import * as z from 'zod';
import { dependencyProblems, namesIn, own } from './dependencies.ts';
import { schemaNames, type SchemaName } from './domains.ts';
import { formatDay } from './format.ts';

const optionFields = {
  job_name: z.string().catch(''),
  is_parallel: z.boolean().catch(true),
  workers: z.number().int().min(1).max(10).catch(4),
  stop_on_error: z.boolean().catch(false),
  timeout: z.string().catch(''),
  attempts: z.string().catch('1'),
  tags: z.string().catch(''),
  priority: z.string().catch(''),
};
const generationItemSchema = z.object({
  is_chosen: z.boolean().catch(false),
  row_count: z.string().catch('10000'),
  seed: z.string().catch('42'),
});
const items = () => Object.fromEntries(schemaNames.map((name) => [name, generationItemSchema.parse({})]));

/** What stands in the four forms, as typed: text that is no number yet stays what it is. */
export const formsSchema = z.object({
  pipelines: z
    .object({
      ...optionFields,
      project: z.string().catch(''),
      chosen: z.array(z.string()).catch([]),
      /** Pipeline -> those it runs after, as typed. */
      after: z.record(z.string(), z.string()).catch({}),
    })
    .catch({ ...emptyOptions(), project: '', chosen: [], after: {} }),
  generation: z
    .object({
      ...optionFields,
      project: z.string().catch(''),
      items: z.record(z.enum(schemaNames), generationItemSchema).catch(() => items() as never),
      connection: z.string().catch(''),
      faults: z.string().catch(''),
    })
    .catch(() => ({
      ...emptyOptions(),
      project: '',
      items: items() as Record<SchemaName, GenerationItem>,
      connection: '',
      faults: '',
    })),
  metadata: z
    .object({
      ...optionFields,
      project: z.string().catch(''),
      chosen: z.array(z.string()).catch([]),
      schemas: z.string().catch(''),
      row_counts: z.enum(['none', 'estimate', 'exact']).catch('estimate'),
      profile: z.boolean().catch(false),
    })
    .catch({
      ...emptyOptions(),
      project: '',
      chosen: [],
      schemas: '',
      row_counts: 'estimate',
      profile: false,
    }),
  projects: z
    .object({ ...optionFields, chosen: z.array(z.string()).catch([]) })
    .catch({ ...emptyOptions(), chosen: [] }),
});
export type Forms = z.infer<typeof formsSchema>;
export type FormName = keyof Forms;
export type GenerationItem = z.infer<typeof generationItemSchema>;
export type Options = z.infer<z.ZodObject<typeof optionFields>>;

function emptyOptions() {
  return z.object(optionFields).parse({});
}

const nameStarts: Readonly<Record<FormName, string>> = {
  pipelines: 'Validation',
  generation: 'Data generation',
  metadata: 'Metadata',
  projects: 'Projects',
};

/** What the job is called if nothing is typed. */
export function suggestedName(form: FormName, now: Date): string {
  return `${nameStarts[form]} ${formatDay(now)}`;
}

/** Field -> what is wrong with it and what to write instead. */
export type Problems = Readonly<Record<string, string>>;
export type Definition = Readonly<Record<string, unknown>>;

const durationPattern = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/;
const listOf = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** A whole number as typed, with or without separators; undefined if it is none within the limits. */
export function wholeNumber(text: string, least: number, most: number): number | undefined {
  const digits = text.replace(/[,_\s]/g, '');
  const value = Number(digits);
  return /^\d+$/.test(digits) && value >= least && value <= most ? value : undefined;
}

export function optionProblems(options: Options): Problems {
  const problems: Record<string, string> = {};
  if (options.timeout.trim() !== '' && !durationPattern.test(options.timeout.trim())) {
    problems['timeout'] = 'Write a duration such as 30s, 30m or 1h30m, or leave it empty.';
  }
  if (wholeNumber(options.attempts, 1, 100) === undefined) {
    problems['attempts'] = 'Write a whole number from 1 to 100.';
  }
  if (priorityOf(options) === undefined) problems['priority'] = 'Write a whole number from -100 to 100.';
  return problems;
}

/** Undefined if what is typed is no priority; nothing typed is 0. */
function priorityOf({ priority }: Options): number | undefined {
  const text = priority.trim();
  if (text === '') return 0;
  const value = Number(text);
  return /^[+-]?\d+$/.test(text) && Math.abs(value) <= 100 ? value : undefined;
}

const nouns: Readonly<Record<FormName, string>> = {
  pipelines: 'pipeline',
  generation: 'schema',
  metadata: 'connection',
  projects: 'project',
};

/** What is wrong with a form. Empty: it can be run. */
export function problemsOf<F extends FormName>(name: F, form: Forms[F]): Problems {
  const problems: Record<string, string> = { ...optionProblems(form) };
  if (name === 'generation') Object.assign(problems, generationProblems(form as Forms['generation']));
  else if ((form as Forms['projects']).chosen.length === 0) {
    problems['chosen'] = `Tick at least one ${nouns[name]}.`;
  }
  if (name === 'pipelines') {
    const { chosen, after } = form as Forms['pipelines'];
    for (const [id, problem] of Object.entries(dependencyProblems(chosen, after))) {
      problems[`after ${id}`] = problem;
    }
  }
  return problems;
}

function generationProblems(form: Forms['generation']): Problems {
  const problems: Record<string, string> = {};
  const chosen = schemaNames.filter((name) => form.items[name].is_chosen);
  if (chosen.length === 0) problems['chosen'] = `Tick at least one ${nouns.generation}.`;
  for (const name of chosen) {
    const { row_count, seed } = form.items[name];
    if (wholeNumber(row_count, 1, 10_000_000_000) === undefined) {
      problems[`${name} rows`] = 'Write a whole number from 1 to 10,000,000,000.';
    }
    if (wholeNumber(seed, 0, Number.MAX_SAFE_INTEGER) === undefined) {
      problems[`${name} seed`] = 'Write a whole number from 0.';
    }
  }
  if (form.faults.trim() !== '' && wholeNumber(form.faults, 1, 10_000_000) === undefined) {
    problems['faults'] = 'Write a whole number from 1 to 10,000,000, or leave it empty.';
  }
  return problems;
}

/** The batch as a file or a call says it: only what differs from what is so anyway. */
export function definitionOf<F extends FormName>(name: F, form: Forms[F], now: Date): Definition {
  const { job_name, is_parallel, workers, stop_on_error, timeout, attempts, tags } = form;
  const maxAttempts = wholeNumber(attempts, 1, 100) ?? 1;
  const priority = priorityOf(form) ?? 0;
  return {
    job_name: job_name.trim() === '' ? suggestedName(name, now) : job_name.trim(),
    ...itemsOf(name, form),
    parallel_execution: is_parallel,
    ...(is_parallel ? { max_parallel: workers } : {}),
    stop_on_error,
    ...(timeout.trim() === '' ? {} : { timeout: timeout.trim() }),
    ...(maxAttempts > 1 ? { retry: { max_attempts: maxAttempts } } : {}),
    ...(listOf(tags).length === 0 ? {} : { tags: listOf(tags) }),
    ...(priority === 0 ? {} : { priority }),
  };
}

function itemsOf<F extends FormName>(name: F, form: Forms[F]): Definition {
  switch (name) {
    case 'pipelines': {
      const { chosen, after } = form as Forms['pipelines'];
      const pipelines = chosen.map((pipeline_id) => {
        const names = namesIn(own(after, pipeline_id));
        return { pipeline_id, ...(names.length === 0 ? {} : { depends_on: names }) };
      });
      return { pipelines };
    }
    case 'projects':
      return { projects: (form as Forms['projects']).chosen.map((project) => ({ project })) };
    case 'metadata': {
      const { chosen, schemas, row_counts, profile } = form as Forms['metadata'];
      const only = listOf(schemas).length === 0 ? {} : { schemas: listOf(schemas) };
      return { sources: chosen.map((connection) => ({ connection, ...only, row_counts, profile })) };
    }
    default:
      return { items: generationItemsOf(form as Forms['generation']) };
  }
}

function generationItemsOf({ items: all, connection, faults }: Forms['generation']): Definition[] {
  const count = wholeNumber(faults, 1, 10_000_000);
  return schemaNames
    .filter((name) => all[name].is_chosen)
    .map((name) => ({
      schema_type: name,
      row_count: wholeNumber(all[name].row_count, 1, 10_000_000_000),
      seed: wholeNumber(all[name].seed, 0, Number.MAX_SAFE_INTEGER),
      ...(connection === '' ? {} : { connection }),
      ...(count === undefined ? {} : { faults: { count } }),
    }));
}

export const methodOf = {
  pipelines: 'pipelines/bulkExecute',
  generation: 'data/bulkGenerate',
  metadata: 'metadata/bulkExtract',
  projects: 'projects/multiValidate',
} as const satisfies Record<FormName, string>;
