import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { confirmStop } from './daemon/confirmStop.ts';
import { withDaemonProgress } from './daemon/progress.ts';
import { showDone } from './ui/notice.ts';

export const stopDaemon: Command = {
  id: 'ombudsman.stopDaemon',
  needs: 'trust',
  async run(services) {
    // One that runs and that nobody here has needed yet is to be stopped, too.
    const { session } = services;
    await session.look();
    if (session.state.name === 'locating' || session.state.name === 'failed') {
      throw new Refusal('No daemon is running: there is nothing to stop.');
    }
    const { drain } = await confirmStop(services, 'Stop');
    await withDaemonProgress('Stopping the daemon', () => session.stop({ drain }));
    showDone('The daemon is stopped');
  },
};
