import type { Command } from './command.ts';
import { confirmStop } from './daemon/confirmStop.ts';
import { withDaemonProgress } from './daemon/progress.ts';
import { showDone } from './ui/notice.ts';

/** Ends the daemon, whatever its state or version, and starts one; where none runs, just starts one. */
export const restartDaemon: Command = {
  id: 'ombudsman.restartDaemon',
  needs: 'trust',
  async run(services) {
    const { drain } = await confirmStop(services, 'Restart');
    await withDaemonProgress('Restarting the daemon', () => services.session.restart({ drain }));
    showDone('The daemon is running');
  },
};
