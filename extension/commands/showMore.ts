import { nodeOf } from './arguments.ts';
import type { Command } from './command.ts';

/** The last line of a list that has more, of jobs, operations or tables; called from elsewhere, it is about the jobs. */
export const showMore: Command = {
  id: 'ombudsman.showMore',
  needs: 'daemon',
  async run(services, ...args) {
    const node = nodeOf(args);
    if (node?.kind === 'moreTables') {
      services.catalogs.showMore(node, node.schema);
      return;
    }
    await services.jobsView.showMore(node?.kind === 'more' ? node : { kind: 'more' });
  },
};
