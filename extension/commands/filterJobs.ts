import { jobStatusSchema, jobTypeSchema } from '../../daemon/protocol/entities.ts';
import type { JobFilter, Services } from '../platform/services.ts';
import { jobWords, jobIcons } from '../views/viewItem.ts';
import { typeWords } from '../views/jobFilter.ts';
import type { Command } from './command.ts';
import { criteria, dateProblem, dayEnd, dayStart, dateRanges, type Criterion } from './jobs/filters.ts';
import { plain } from './jobs/jobItems.ts';
import { runSteps, type Step } from './ui/steps.ts';

/** Narrows the Jobs view by one thing more: status, type, project, text or date. */
export const filterJobs: Command = {
  id: 'ombudsman.filterJobs',
  needs: 'daemon',
  async run(services) {
    const before = services.jobsView.filter;
    let filter: JobFilter = before;
    const set = (changed: Partial<JobFilter>): undefined => {
      filter = { ...before, ...changed };
    };
    const steps: Record<Exclude<Criterion, 'clear'>, Step> = {
      status: async (ask) =>
        set({
          status: await ask.pickMany({
            placeholder: 'Select statuses',
            items: jobStatusSchema.options.map((value) => ({
              label: `$(${jobIcons[value].id}) ${jobWords[value]}`,
              value,
            })),
            picked: (value) => before.status?.includes(value) ?? false,
            nothingPicked: 'Tick at least one status, or press Escape',
          }),
        }),
      job_type: async (ask) =>
        set({
          job_type: await ask.pickMany({
            placeholder: 'Select types',
            items: jobTypeSchema.options.map((value) => ({ label: typeWords[value], value })),
            picked: (value) => before.job_type?.includes(value) ?? false,
            nothingPicked: 'Tick at least one type, or press Escape',
          }),
        }),
      project: async (ask) => {
        const project_id = await ask.pick({
          placeholder: 'Select a project',
          items: (await projectIds(services)).map((value) => ({ label: plain(value), value })),
          active: (value) => value === before.project_id,
        });
        return set({ project_id });
      },
      text: async (ask) => {
        const search = await ask.input({
          prompt: 'Text in the name, the project, the tags or the ID; empty: any',
          value: before.search ?? '',
        });
        return set({ search: search.trim() === '' ? undefined : search.trim() });
      },
      date: async (ask) => {
        const range = await ask.pick({
          placeholder: 'When the job was made',
          items: dateRanges(new Date()).map(({ label, range: value }) => ({ label, value })),
        });
        return range === 'custom' ? askFrom : set(range);
      },
    };
    const askFrom: Step = async (ask) => {
      const validate = (text: string) => dateProblem(text);
      const prompt = 'From this day on, as 2026-01-31; empty: from the first';
      const from = await ask.input({ prompt, validate });
      return async (again) => {
        const to = await again.input({
          prompt: 'Up to and with this day, as 2026-01-31; empty: until now',
          validate: (text) => dateProblem(text, from),
        });
        return set({ created_after: dayStart(from), created_before: dayEnd(to) });
      };
    };
    const isCleared = await askCriterion(steps, before, set);
    await services.jobsView.setFilter(isCleared ? {} : filter);
  },
};

/** True if everything is to be shown again. */
async function askCriterion(
  steps: Readonly<Record<Exclude<Criterion, 'clear'>, Step>>,
  before: JobFilter,
  set: (changed: Partial<JobFilter>) => undefined,
): Promise<boolean> {
  let isCleared = false;
  await runSteps('Filter Jobs', async (ask) => {
    const criterion = await ask.pick({ placeholder: 'Filter by', items: criteria(before) });
    isCleared = criterion === 'clear';
    return criterion === 'clear' ? set({}) : steps[criterion];
  });
  return isCleared;
}

async function projectIds({ session, workspace }: Services): Promise<string[]> {
  const { projects } = await session.call('projects/list', {});
  const own = (workspace.contents?.projects ?? []).map(({ project_id }) => project_id);
  return [...new Set([...own, ...projects.map(({ project_id }) => project_id)])];
}
