import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { requireProjects } from './project/projects.ts';
import { confirm } from './ui/confirm.ts';
import { showDone } from './ui/notice.ts';
import { askOnce } from './ui/steps.ts';
import { listed } from './words.ts';
import { plural } from '../../daemon/client/text.ts';

const title = 'Remove Secret';

/** Takes values out of VS Code's secret storage. What a `.env` file says is not touched. */
export const removeSecret: Command = {
  id: 'ombudsman.removeSecret',
  needs: 'trust',
  async run(services) {
    const projects = await requireProjects(services);
    const items = projects.flatMap((project) =>
      services.secrets.names(project.dir).map((name) => ({
        label: `$(key) ${name}`,
        description: projects.length > 1 ? project.project_id : undefined,
        value: { name, project },
      })),
    );
    if (items.length === 0) {
      throw new Refusal('No secret of these projects is in the secret storage of VS Code.');
    }
    const nothingPicked = 'Tick at least one secret, or press Escape';
    const chosen = await askOnce(title, (ask) =>
      ask.pickMany({ placeholder: 'Select secrets to remove', items, nothingPicked }),
    );
    const names = chosen.map(({ name }) => name);
    await confirm(
      `Remove ${chosen.length === 1 ? 'the secret' : plural(chosen.length, 'secret')} ${listed(names)}?`,
      'Remove',
      'Connections that need it cannot be opened until it is set again.',
    );
    for (const { name, project } of chosen) await services.secrets.remove(project.dir, name);
    showDone(`Removed ${plural(chosen.length, 'secret')}`);
  },
};
