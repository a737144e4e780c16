import type { WorkspaceProject } from '../../daemon/protocol/language.ts';
import type { Services } from '../platform/services.ts';
import { nodeOf, recordOf, textOf } from './arguments.ts';
import type { Command } from './command.ts';
import { pickProject, requireProjects } from './project/projects.ts';
import { secretItems, secretNameProblem, secretStates } from './project/secretNames.ts';
import { showDone } from './ui/notice.ts';
import { runSteps, type Step } from './ui/steps.ts';

const title = 'Set Secret';

interface Secret {
  projectDir: string;
  name: string;
  value: string;
}

/**
 * Stores the value of a `${secret:NAME}` in VS Code's secret storage. A code action or a program passes
 * `{project_dir, name, value}` or a part of it: what is missing is asked for.
 */
export const setSecret: Command = {
  id: 'ombudsman.setSecret',
  needs: 'trust',
  async run(services, ...args) {
    const given = recordOf(args);
    const preset = {
      projectDir: textOf(given, 'project_dir'),
      name: textOf(given, 'name'),
      value: textOf(given, 'value'),
    };
    const { projectDir, name, value } = isWhole(preset) ? preset : await ask(services, preset, args);
    await services.secrets.set(projectDir, name, value);
    showDone(`Stored secret ${name}`);
  },
};

function isWhole(secret: Partial<Secret>): secret is Secret {
  return secret.projectDir !== undefined && secret.name !== undefined && secret.value !== undefined;
}

async function ask(services: Services, preset: Partial<Secret>, args: readonly unknown[]): Promise<Secret> {
  const projects = await requireProjects(services);
  const node = nodeOf(args);
  const dir = preset.projectDir ?? (node?.kind === 'connection' ? node.projectDir : undefined);
  const known = projects.find((each) => each.dir === dir);
  const secret: Secret = { projectDir: dir ?? '', name: preset.name ?? '', value: preset.value ?? '' };
  let project: WorkspaceProject | undefined = known;

  const askProject: Step = async (questions) => {
    if (dir === undefined) {
      project = await pickProject(questions, projects, project);
      secret.projectDir = project.dir;
    }
    return askName;
  };
  const askName: Step = async (questions) => {
    if (preset.name !== undefined) return askValue;
    const states = project === undefined ? [] : secretStates(services.secrets, project);
    const other = { label: '$(add) Other name…', value: '' };
    const chosen = await questions.pick({
      placeholder: 'Select a secret: NAME in ${secret:NAME}',
      items: [...secretItems(states), other],
      active: (name) => name === secret.name,
    });
    secret.name = chosen;
    return chosen === '' ? askOtherName : askValue;
  };
  const askOtherName: Step = async (questions) => {
    secret.name = await questions.input({
      prompt: 'Name of the secret: NAME in ${secret:NAME}',
      validate: secretNameProblem,
    });
    return askValue;
  };
  const askValue: Step = async (questions) => {
    if (preset.value !== undefined) return undefined;
    secret.value = await questions.input({
      prompt: `Value of ${secret.name}. It is kept in the secret storage of VS Code and reaches no file.`,
      isPassword: true,
      validate: (text) => (text === '' ? 'Type the value, or press Escape to leave it as it is' : null),
    });
    return undefined;
  };
  await runSteps(title, askProject);
  return secret;
}
