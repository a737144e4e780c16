import { nodeOf } from './arguments.ts';
import type { Command } from './command.ts';

/** The last line of a list that has more; called from that line alone, and from elsewhere for the jobs. */
export const showMore: Command = {
  id: 'ombudsman.showMore',
  needs: 'daemon',
  async run(services, ...args) {
    const node = nodeOf(args);
    await services.jobsView.showMore(node?.kind === 'more' ? node : { kind: 'more' });
  },
};
