import { inject } from 'vitest';
import { connectDaemon, type DaemonClient } from '../../../daemon/client/connectDaemon.ts';
import { readRegistration } from '../../../daemon/client/registration.ts';
import { copyExample } from '../../host/states.ts';
import { startVsCode, type VsCode } from '../../support/vscode.ts';
import { runVsCodeCli } from '../../support/vscodeServer.ts';
import { Workbench } from '../pages/workbench.ts';

/** A fresh VS Code with a fresh profile, the package installed as a user installs it, and a copy of the example. */
export interface Installed {
  readonly vscode: VsCode;
  /** The project that windows open. */
  readonly folder: string;
  openWindow(): Promise<Workbench>;
  /** The daemon that the extension started; rejects if none runs. */
  connect(): Promise<DaemonClient>;
  daemonPid(): number | undefined;
}

export async function installPackage(settings: Readonly<Record<string, unknown>> = {}): Promise<Installed> {
  const vscode = await startVsCode({
    settings,
    prepare: async (server) => {
      const { code, output } = await runVsCodeCli(server, ['--install-extension', inject('vsixPath')]);
      if (code !== 0) throw new Error(`the package could not be installed:\n${output}`);
    },
  });
  const folder = copyExample(vscode.folder);
  return {
    vscode,
    folder,
    openWindow: async () => {
      const window = new Workbench(await vscode.open({ folder }));
      await window.ready();
      return window;
    },
    connect: () => connectDaemon({ dataDir: vscode.dataDir, clientName: 'test', start: false }),
    daemonPid: () => readRegistration(vscode.dataDir)?.pid,
  };
}
