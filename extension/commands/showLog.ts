import type { Command } from './command.ts';

export const showLog: Command = {
  id: 'ombudsman.showLog',
  needs: 'nothing',
  run: async (services) => services.log.show(),
};
