import { runCommand } from '../../host.ts';
import { app, failed } from '../../state/app.ts';
import { useStore } from '../hooks.ts';
import { Button } from '../ui/button.tsx';

const words: Readonly<Record<string, string>> = {
  locating: 'Looking for the daemon…',
  starting: 'Starting the daemon…',
  connecting: 'The connection to the daemon was lost; connecting again. What is shown may be old.',
  stopping: 'The daemon is stopping.',
};
const run = (command: Parameters<typeof runCommand>[0]) => () => void runCommand(command).catch(failed);

/** Nothing while all is well. */
export function DaemonBanner() {
  const daemon = useStore(app, (state) => state.daemon);
  const isLoaded = useStore(app, (state) => state.isLoaded);
  if (daemon.name === 'ready') return null;
  const isBroken = daemon.name === 'failed' || daemon.name === 'incompatible';
  if (!isBroken) {
    // Before anything was ever shown, what waits says so itself.
    if (!isLoaded) return null;
    return (
      <div class="banner" role="status">
        <span>{words[daemon.name] ?? daemon.message ?? ''}</span>
      </div>
    );
  }
  return (
    <div class="banner banner-bad" role="alert">
      <span>{daemon.message ?? 'The daemon does not run.'}</span>
      <Button kind="primary" onPress={run('ombudsman.restartDaemon')}>
        Restart daemon
      </Button>
      <Button onPress={run('ombudsman.showDaemonLog')}>Show its log</Button>
      <Button onPress={run('ombudsman.doctor')}>Run doctor</Button>
    </div>
  );
}
