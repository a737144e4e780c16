/**
 * The built dashboard in a real browser, under the page and the policy of the extension, with a host that relays to a real
 * daemon as the extension's panel does.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import { ApiError } from '../../daemon/protocol/errors.ts';
import type { WorkspaceContents } from '../../daemon/protocol/language.ts';
import type { MethodInput } from '../../daemon/protocol/methods.ts';
import { dashboardHtml } from '../../extension/dashboard/html.ts';
import { changesOf, snapshotOf } from '../../extension/dashboard/updates.ts';
import { EventJobStore } from '../../extension/platform/jobStore.ts';
import type { CoreServices, DaemonSession } from '../../extension/platform/services.ts';
import { toHostSchema, type ToHost, type ToPage } from '../../webview/protocol/messages.ts';
import { dashboardThemes, type ThemeName } from './dashboardThemes.ts';
import { findBrowser } from './findBrowser.ts';

const origin = 'https://dashboard.test';

export interface DashboardPage {
  readonly page: Page;
  /** All the page asked that is no call of the daemon's. */
  readonly asked: ToHost[];
  /** What the browser refused or what went wrong in the page. */
  readonly complaints: string[];
  readonly post: (message: ToPage) => Promise<void>;
  setTheme(theme: ThemeName): Promise<void>;
  close(): Promise<void>;
}

export interface DashboardOptions {
  readonly distDir: string;
  readonly client: DaemonClient;
  readonly workspace: WorkspaceContents;
  readonly theme?: ThemeName;
  /** Where rows are exported to: what a person would choose in the dialog. */
  readonly exportFile?: string;
}

export async function openDashboardPage(options: DashboardOptions): Promise<DashboardPage> {
  const { distDir, client, workspace, theme = 'dark' } = options;
  const session = {
    client,
    state: { name: 'ready' },
    onDidChangeState: () => ({ dispose: () => undefined }),
  } as unknown as DaemonSession;
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore, trace: ignore };
  const jobs = new EventJobStore(session, log);
  const services = {
    session,
    jobs,
    workspace: { contents: workspace },
    results: { get: () => undefined },
  } as unknown as CoreServices;
  const browser: Browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const asked: ToHost[] = [];
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  let watched: { readonly jobId: string; dispose(): void } | undefined;
  const post = async (message: ToPage) => {
    await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`).catch(ignore);
  };
  jobs.onDidChange((change) => {
    void post(change.isReset ? snapshotOf(services) : changesOf(jobs, change, watched?.jobId ?? null));
  });
  const receive = async (sent: unknown): Promise<void> => {
    const message = toHostSchema.parse(sent);
    if (message.type !== 'call') asked.push(message);
    if (message.type === 'ready') {
      await post(snapshotOf(services));
      for (const { dir } of workspace.projects) {
        const results = await client.call('projects/results', { project: dir }).catch(() => undefined);
        if (results !== undefined) await post({ type: 'results', results });
      }
    } else if (message.type === 'watch') {
      watched?.dispose();
      const { job_id: jobId } = message;
      const watch = jobId === null ? undefined : jobs.watch(jobId);
      // The method by itself: a spread would leave what a class gives behind.
      watched =
        jobId === null || watch === undefined ? undefined : { jobId, dispose: () => void watch.dispose() };
    } else if (message.type === 'call') {
      const { id, method, params } = message;
      await client
        .call(method, params as MethodInput<typeof method>)
        .then((result) => post({ type: 'answer', id, result }))
        .catch((error: Error) => {
          const kind = ApiError.is(error) ? error.kind : 'failed';
          return post({ type: 'failure', id, failure: { kind, message: error.message, hint: null } });
        });
    } else if (message.type === 'exportRows') {
      const params = { ...message.params, file: options.exportFile } as MethodInput<'artifacts/export'>;
      const { rows, file } = await client.call('artifacts/export', params);
      await post({ type: 'answer', id: message.id, result: `Wrote ${rows} rows to ${file}` });
    } else if ('id' in message) await post({ type: 'answer', id: message.id, result: null });
  };
  await page.exposeFunction('toHost', receive);
  await page.addInitScript(beforePage(dashboardThemes[theme]));
  await page.route(`${origin}/**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') {
      const parts = { cspSource: origin, scriptUri: '/webview.js', styleUri: '/webview.css' };
      return route.fulfill({ contentType: 'text/html', body: dashboardHtml(parts) });
    }
    if (!/^webview\.(js|css)$/.test(name)) return route.fulfill({ status: 404 });
    const contentType = name.endsWith('.js') ? 'text/javascript' : 'text/css';
    return route.fulfill({ contentType, body: readFileSync(join(distDir, name)) });
  });
  await page.goto(`${origin}/`);
  return {
    page,
    asked,
    complaints,
    post,
    setTheme: (name) => page.evaluate(applyTheme(dashboardThemes[name])),
    close: async () => {
      jobs.dispose();
      await browser.close();
    },
  };
}

function ignore(): void {
  return undefined;
}

interface Theme {
  readonly className: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Scripts of the page are text: there is no document here that they could be checked against. */
function applyTheme(theme: Theme): string {
  return `{
    const { className, variables } = ${JSON.stringify(theme)};
    document.body.className = className;
    document.documentElement.style.cssText = Object.entries(variables)
      .map(([name, value]) => '--vscode-' + name + ': ' + value)
      .join('; ');
  }`;
}

/** What VS Code puts into the page before its script. */
function beforePage(theme: Theme): string {
  return `
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => void window.toHost(message),
      getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null'),
      setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
    });
    document.addEventListener('DOMContentLoaded', () => ${applyTheme(theme)});
  `;
}
