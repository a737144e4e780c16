import { plural } from '../../daemon/client/text.ts';
import type { WorkspaceProject } from '../../daemon/protocol/language.ts';
import type { MethodInput } from '../../daemon/protocol/methods.ts';
import { nodesOf } from '../views/nodes.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { plain } from './jobs/jobItems.ts';
import { pickProject, requireProjects } from './project/projects.ts';
import { readNames } from './run/names.ts';
import { saveDefinitions } from './run/saveDefinitions.ts';
import { showStarted } from './run/showStarted.ts';
import { start } from './run/start.ts';
import { runSteps, type Step } from './ui/steps.ts';

const title = 'Extract Metadata';
type Source = MethodInput<'metadata/bulkExtract'>['sources'][number];
type Counting = Pick<Source, 'row_counts' | 'profile'>;

interface Answers {
  project: WorkspaceProject;
  connections: string[];
  schemas: string[];
  counting: Counting;
}

/** The catalogs of connections: tables, columns, keys, indexes, counts. The editor completes names from them. */
export const extractMetadata: Command = {
  id: 'ombudsman.extractMetadata',
  needs: 'trust',
  async run(services, ...args) {
    const nodes = nodesOf('connection', args);
    const projects = await requireProjects(services);
    const answers = await ask(projects, nodes);
    const { project, connections, schemas, counting } = answers;
    await saveDefinitions(services, [project.dir]);
    const [first = ''] = connections;
    const name = `Metadata of ${connections.length === 1 ? first : plural(connections.length, 'connection')}`;
    const jobId = await start(services, {
      title: name,
      method: 'metadata/bulkExtract',
      input: {
        project: project.dir,
        job_name: name,
        sources: connections.map((connection) => ({
          connection,
          schemas: schemas.length > 0 ? schemas : undefined,
          ...counting,
        })),
      },
      projectDirs: [project.dir],
    });
    await showStarted(services, [jobId]);
    return { job_id: jobId };
  },
};

async function ask(
  projects: readonly WorkspaceProject[],
  nodes: readonly { readonly projectDir: string; readonly name: string }[],
): Promise<Answers> {
  const [node] = nodes;
  const preset = projects.find(({ dir }) => dir === node?.projectDir);
  const [firstProject] = projects;
  if (firstProject === undefined) throw new Refusal('There is no project.');
  const ofPreset = nodes.filter(({ projectDir }) => projectDir === preset?.dir).map(({ name }) => name);
  const answers: Answers = {
    project: preset ?? firstProject,
    connections: ofPreset,
    schemas: [],
    counting: { row_counts: 'estimate' },
  };

  const askProject: Step = async (questions) => {
    if (preset === undefined) answers.project = await pickProject(questions, projects, answers.project);
    return askConnections;
  };
  const askConnections: Step = async (questions) => {
    const { connections } = answers.project;
    if (connections.length === 0) {
      throw new Refusal(
        `${answers.project.project_id} has no connection yet: add one to its ombudsman.yaml.`,
        [{ title: 'Open File', command: 'ombudsman.openDefinition', args: [answers.project.file] }],
      );
    }
    if (ofPreset.length === 0) {
      answers.connections = await questions.pickMany({
        placeholder: 'Select connections',
        items: connections.map(({ name, type }) => ({
          label: `$(database) ${plain(name)}`,
          description: type,
          value: name,
        })),
        picked: (name) => answers.connections.includes(name) || connections.length === 1,
        nothingPicked: 'Tick at least one connection, or press Escape',
      });
    }
    return askSchemas;
  };
  const askSchemas: Step = async (questions) => {
    const text = await questions.input({
      prompt: 'Schemas, with commas between; empty: all',
      value: answers.schemas.join(', '),
      placeholder: 'public, sales',
    });
    answers.schemas = readNames(text);
    return askCounting;
  };
  const askCounting: Step = async (questions) => {
    answers.counting = await questions.pick<Counting>({
      placeholder: 'Select how rows are counted',
      items: [
        {
          label: 'Estimate',
          description: 'what the system says, at once',
          value: { row_counts: 'estimate' },
        },
        { label: 'Exact', description: 'counts every table', value: { row_counts: 'exact' } },
        { label: 'None', description: 'names and types only', value: { row_counts: 'none' } },
        {
          label: 'Exact, with a profile of every column',
          description: 'bounds, quantiles, top values …; of tables over a million rows a sample',
          value: { row_counts: 'exact', profile: true },
        },
      ],
    });
    return undefined;
  };
  await runSteps(title, askProject);
  return answers;
}
