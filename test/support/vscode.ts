/** A real VS Code: its server, its workbench in a headless Chromium, a profile of its own, a data directory of its own. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { endDaemon } from './vscodeDaemon.ts';
import { launchBrowser } from './vscodeBrowser.ts';
import { installVsCode } from './vscodeInstall.ts';
import { startVsCodeServer, type VsCodeServer, type VsCodeServerOptions } from './vscodeServer.ts';

export interface VsCodeOptions {
  /** The settings of the user; `testSettings` stand below them. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** More for the environment of the extension host; `folder` is where files of this run may lie. */
  readonly environment?: (folder: string) => Readonly<Record<string, string>>;
  /** Called with the folders before the server starts, to install an extension for example. */
  readonly prepare?: (server: VsCodeServerOptions) => Promise<void>;
  /** Windows may have an extension in development; they show no notices then. Else `prepare` installs what is needed. */
  readonly hasTestDriver?: boolean;
}

export interface WindowOptions {
  /** Absolute; left out: an empty window. */
  readonly folder?: string;
  /** Extension in development: the folder with its package.json. Needs `hasTestDriver`. */
  readonly extensionDir?: string;
  /** A CommonJS module that exports `run()`, for tests in the extension host. */
  readonly testModule?: string;
}

export interface VsCode {
  /** `BATCH_JOBS_DIR` of everything that this VS Code starts. */
  readonly dataDir: string;
  /** Where temporary things of this run may lie; removed at the end. */
  readonly folder: string;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly server: VsCodeServer;
  open(options: WindowOptions): Promise<Page>;
  /** Consoles of all windows, which the extension host writes to, too; for the message of a failure. */
  log(): string;
  /** Ends windows, server, extension hosts and daemon, and removes the folders. */
  dispose(): Promise<void>;
}

/** A quiet window: nothing that moves, asks or looks for something in the network. */
export const testSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'editor.cursorBlinking': 'solid',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'remote.autoForwardPorts': false,
};
/** What this VS Code says of itself: no native modules (see vscodeInstall.ts), no extension gallery, no network. */
const knownNoise = new RegExp(
  [
    ...[
      'bindings file',
      'spdlog',
      'watchdog',
      'serviceWorker',
      'fetching the script',
      'Failed to load resource',
    ],
    ...['ERR_NAME_NOT_RESOLVED', 'Failed to fetch', 'gallery', 'builtin extensions cache', 'iframe'],
    ...[
      'connection token',
      'Creating a socket',
      'grace-time',
      'AgentHost',
      'AccountPolicyGate',
      'contribution .* took',
    ],
  ].join('|'),
  'i',
);
const maxConsoleCharacters = 4000;
/** Without the colours that the workbench's logger asks the console for. */
const textOf = (text: string): string =>
  text.replace(/^%c +\w+ color: #\w+ /, '').slice(0, maxConsoleCharacters);

/** Files are checked and run as they are: no question about trust. Restricted Mode has tests of its own, without this. */
export const trustedSettings = { 'security.workspace.trust.enabled': false };

/** Starts VS Code. Every run has its own profile, extensions and data directory; the caller disposes of it. */
export async function startVsCode(options: VsCodeOptions = {}): Promise<VsCode> {
  const vscodeDir = await installVsCode();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-vscode-')));
  const dataDir = join(folder, 'state');
  const launch: VsCodeServerOptions = {
    vscodeDir,
    serverDataDir: join(folder, 'server'),
    extensionsDir: join(folder, 'extensions'),
    hasTestDriver: options.hasTestDriver,
    environment: { BATCH_JOBS_DIR: dataDir, ...options.environment?.(folder) },
  };
  writeSettings(launch.serverDataDir, { ...testSettings, ...options.settings });
  const removeAll = async (): Promise<void> => {
    await endDaemon(dataDir);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  let server: VsCodeServer | undefined;
  try {
    await options.prepare?.(launch);
    server = await startVsCodeServer(launch);
    const browser = await launchBrowser();
    return await windows(server, browser, folder, dataDir, removeAll);
  } catch (error) {
    await server?.stop();
    await removeAll();
    throw error;
  }
}

function writeSettings(serverDataDir: string, settings: Readonly<Record<string, unknown>>): void {
  const user = join(serverDataDir, 'data', 'User');
  mkdirSync(user, { recursive: true });
  writeFileSync(join(user, 'settings.json'), JSON.stringify(settings, null, 2));
}

async function windows(
  server: VsCodeServer,
  browser: Browser,
  folder: string,
  dataDir: string,
  removeAll: () => Promise<void>,
): Promise<VsCode> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1080 }, colorScheme: 'dark' });
  const consoles: string[] = [];
  return {
    dataDir,
    folder,
    browser,
    context,
    server,
    open: async (window) => {
      const page = await context.newPage();
      const keep = (type: string, text: string): void => {
        if (!knownNoise.test(text)) consoles.push(`[${type}] ${textOf(text)}`);
      };
      page.on('console', (message) => keep(message.type(), message.text()));
      page.on('pageerror', (error) => keep('page error', error.message));
      await page.goto(windowUrl(server.port, window));
      return page;
    },
    log: () => consoles.join('\n'),
    dispose: async () => {
      await browser.close();
      await server.stop();
      await removeAll();
    },
  };
}

/** What the workbench takes from the address of a window. */
function windowUrl(port: number, { folder, extensionDir, testModule }: WindowOptions): string {
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ...(extensionDir === undefined ? [] : [['extensionDevelopmentPath', remote(extensionDir)]]),
    ...(testModule === undefined ? [] : [['extensionTestsPath', remote(testModule)]]),
  ];
  const query = new URLSearchParams({ ...(folder === undefined ? { ew: 'true' } : { folder }) });
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `http://127.0.0.1:${port}/?${query.toString()}`;
}
