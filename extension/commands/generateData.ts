import { formatCount } from '../../daemon/client/text.ts';
import type { WorkspaceProject } from '../../daemon/protocol/language.ts';
import { nodesOf } from '../views/nodes.ts';
import type { Services } from '../platform/services.ts';
import type { Command } from './command.ts';
import { plain } from './jobs/jobItems.ts';
import { loadWorkspace, pickProject } from './project/projects.ts';
import { domains, type Domain } from './run/domains.ts';
import { generationItem, replacementOf, type GenerationDraft } from './run/generation.ts';
import { readRows, readShare, readWhole, rowsProblem, wholeProblem } from './run/rows.ts';
import { saveDefinitions } from './run/saveDefinitions.ts';
import { showStarted } from './run/showStarted.ts';
import { start } from './run/start.ts';
import { confirm } from './ui/confirm.ts';
import { runSteps, type PickItem, type Step } from './ui/steps.ts';

const title = 'Generate Data';

/** Asks for domain, rows, seed, target and faults; confirms once that tables of the target are replaced. */
export const generateData: Command = {
  id: 'ombudsman.generateData',
  needs: 'trust',
  async run(services, ...args) {
    const [node] = nodesOf('connection', args);
    const { projects } = await loadWorkspace(services);
    const answers = await ask(projects, node);
    const { project } = answers;
    const replaced = replacementOf(answers, project?.project_id ?? '');
    if (replaced !== null) await confirm(replaced.question, 'Generate', replaced.detail);
    return generate(services, project, answers);
  },
};

async function generate(
  services: Services,
  project: WorkspaceProject | null,
  draft: GenerationDraft,
): Promise<{ job_id: string }> {
  const projectDirs = project === null ? [] : [project.dir];
  await saveDefinitions(services, projectDirs);
  const name = `${draft.domain.type} data, ${formatCount(draft.rows)} rows`;
  const jobId = await start(services, {
    title: `Generate ${name}`,
    method: 'data/bulkGenerate',
    input: { project: project?.dir, job_name: name, items: [generationItem(draft)] },
    projectDirs,
  });
  await showStarted(services, [jobId]);
  return { job_id: jobId };
}

interface Answers extends GenerationDraft {
  readonly project: WorkspaceProject | null;
}

type Preset = { readonly projectDir: string; readonly name: string } | undefined;

async function ask(projects: readonly WorkspaceProject[], preset: Preset): Promise<Answers> {
  const answers = {
    project: projects.find(({ dir }) => dir === preset?.projectDir) ?? null,
    domain: domains[0] as Domain,
    rows: 10_000,
    seed: 42,
    connection: preset?.name ?? null,
    faults: null as GenerationDraft['faults'],
  };

  const askProject: Step = async (questions) => {
    if (preset === undefined && projects.length > 0) {
      answers.project = await pickProject(questions, projects, answers.project ?? undefined);
    }
    return askDomain;
  };
  const askDomain: Step = async (questions) => {
    answers.domain = await questions.pick({
      placeholder: 'Select a domain',
      items: domains.map((domain) => ({
        label: domain.type,
        description: domain.description,
        detail: domain.tables.join(', '),
        value: domain,
      })),
      active: (domain) => domain === answers.domain,
    });
    return askRows;
  };
  const askRows: Step = async (questions) => {
    const { factTable } = answers.domain;
    const text = await questions.input({
      prompt: `Rows of ${factTable}; the other tables follow from it`,
      value: formatCount(answers.rows),
      validate: rowsProblem,
    });
    answers.rows = readRows(text) ?? answers.rows;
    return askSeed;
  };
  const askSeed: Step = async (questions) => {
    const text = await questions.input({
      prompt: 'Seed: the same seed gives the same rows',
      value: String(answers.seed),
      validate: (typed) => wholeProblem(typed, 0, Number.MAX_SAFE_INTEGER),
    });
    answers.seed = readWhole(text) ?? answers.seed;
    return askTarget;
  };
  const askTarget: Step = async (questions) => {
    if (preset === undefined) {
      const chosen = await questions.pick({
        placeholder: 'Select where to write',
        items: targetItems(answers.project),
        active: (target) => target.connection === answers.connection,
      });
      answers.connection = chosen.connection;
    }
    return askFaults;
  };
  const askFaults: Step = async (questions) => {
    const kind = await questions.pick({
      placeholder: 'Faults to plant, to test your checks',
      items: [
        { label: 'No faults', description: 'clean data', value: 'none' as const },
        { label: 'So many faults…', description: 'for example 155', value: 'count' as const },
        { label: 'A share of the rows…', description: 'for example 1%', value: 'rate' as const },
      ],
    });
    answers.faults = null;
    return kind === 'none' ? undefined : kind === 'count' ? askCount : askShare;
  };
  const askCount: Step = async (questions) => {
    const validate = (typed: string) => wholeProblem(typed, 1, 10_000_000);
    const text = await questions.input({ prompt: 'How many faults', value: '155', validate });
    answers.faults = { count: readWhole(text) ?? 155 };
    return undefined;
  };
  const askShare: Step = async (questions) => {
    const validate = (typed: string) =>
      readShare(typed) === null ? 'Expected a share above 0%, up to 50%, such as 1%' : null;
    const text = await questions.input({ prompt: 'Share of the rows of each table', value: '1%', validate });
    answers.faults = { rate: readShare(text) ?? 0.01 };
    return undefined;
  };
  await runSteps(title, askProject);
  return answers;
}

function targetItems(project: WorkspaceProject | null): PickItem<{ connection: string | null }>[] {
  const connections = (project?.connections ?? []).map(({ name, type }) => ({
    label: `$(database) ${plain(name)}`,
    description: type,
    value: { connection: name },
  }));
  const files = {
    label: '$(file-zip) Parquet files',
    description: 'among the artifacts of the job',
    value: { connection: null },
  };
  return [...connections, files];
}
