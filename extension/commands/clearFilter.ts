import type { Command } from './command.ts';

export const clearFilter: Command = {
  id: 'ombudsman.clearFilter',
  needs: 'nothing',
  run: (services) => services.jobsView.setFilter({}),
};
