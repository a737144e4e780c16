import * as vscode from 'vscode';
import { tabSchema, type Tab, type ToPage } from '../../webview/protocol/messages.ts';
import type { JobStoreChange, Services } from '../platform/services.ts';
import { dashboardHtml } from './html.ts';
import { handleMessage } from './requests.ts';
import { changesOf, daemonStatusOf, snapshotOf } from './updates.ts';

/**
 * One panel. While it is hidden the page does not exist (nothing is kept for it): coming back it says `ready` and gets a
 * snapshot, from then on what changes, at the pace of the job store, which is once a frame.
 */
export class DashboardPanel implements vscode.Disposable {
  readonly #services: Services;
  readonly #panel: vscode.WebviewPanel;
  readonly #disposables: vscode.Disposable[];
  #isReady = false;
  /** What to show once the page is there. */
  #wanted: { readonly tab: Tab | null; readonly jobId: string | null } | undefined;
  #watched: { readonly jobId: string; readonly watch: vscode.Disposable } | undefined;

  constructor(services: Services, panel: vscode.WebviewPanel, onDispose: () => void) {
    this.#services = services;
    this.#panel = panel;
    const { session, jobs, workspace, results, context, notices } = services;
    const dist = vscode.Uri.joinPath(context.extensionUri, 'dist');
    const media = vscode.Uri.joinPath(context.extensionUri, 'extension', 'media');
    // Tabs do not colour the pictures of panels.
    panel.iconPath = {
      light: vscode.Uri.joinPath(media, 'tabLight.svg'),
      dark: vscode.Uri.joinPath(media, 'tabDark.svg'),
    };
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    const hold = session.hold();
    const isShown = (): boolean => this.#isReady && panel.visible;
    this.#disposables = [
      hold,
      notices.attach({
        get isShown() {
          return isShown();
        },
        show: (notice) => this.#post({ type: 'notice', notice }),
      }),
      panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#hidden();
      }),
      panel.onDidDispose(() => {
        this.#release();
        onDispose();
      }),
      session.onDidChangeState((state) => this.#post({ type: 'daemon', daemon: daemonStatusOf(state) })),
      jobs.onDidChange((change) => this.#changed(change)),
      workspace.onDidChange((contents) => {
        for (const { dir } of contents.projects) void results.load(dir);
        this.#post({ type: 'workspace', workspace: contents });
      }),
      results.onDidChange((dir) => {
        const known = results.get(dir);
        if (known !== undefined) this.#post({ type: 'results', results: known });
      }),
    ];
    panel.webview.html = dashboardHtml({
      cspSource: panel.webview.cspSource,
      scriptUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js')).toString(),
      styleUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.css')).toString(),
    });
  }

  show(tab: string | null, jobId: string | null): void {
    this.#wanted = { tab: tabSchema.safeParse(tab).data ?? null, jobId };
    if (!this.#panel.visible) this.#panel.reveal();
    this.#showWanted();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #release(): void {
    this.#hidden();
    for (const each of this.#disposables.splice(0)) each.dispose();
  }

  #hidden(): void {
    if (this.#isReady) this.#services.notices.pageHidden();
    this.#isReady = false;
    this.watch(null);
  }

  async #receive(message: unknown): Promise<void> {
    await handleMessage(message, {
      services: this.#services,
      post: (answer) => this.#post(answer),
      ready: () => this.#ready(),
      watch: (jobId) => this.watch(jobId),
    });
  }

  async #ready(): Promise<void> {
    const { services } = this;
    this.#isReady = true;
    this.#post(snapshotOf(services));
    this.#showWanted();
    // Both tell of themselves through the listeners; why they fail, the state of the daemon says.
    services.session.ensure().catch(() => undefined);
    const contents = await services.workspace.load().catch(() => undefined);
    if (contents === undefined) return;
    this.#post({ type: 'workspace', workspace: contents });
    await Promise.all(contents.projects.map(({ dir }) => services.results.load(dir)));
  }

  get services(): Services {
    return this.#services;
  }

  watch(jobId: string | null): void {
    if (this.#watched?.jobId === jobId) return;
    this.#watched?.watch.dispose();
    this.#watched = jobId === null ? undefined : { jobId, watch: this.#services.jobs.watch(jobId) };
  }

  #changed(change: JobStoreChange): void {
    if (!this.#isReady) return;
    if (change.isReset) this.#post(snapshotOf(this.#services));
    else this.#post(changesOf(this.#services.jobs, change, this.#watched?.jobId ?? null));
  }

  #showWanted(): void {
    if (!this.#isReady || this.#wanted === undefined) return;
    const { tab, jobId } = this.#wanted;
    this.#wanted = undefined;
    if (tab !== null || jobId !== null) this.#post({ type: 'show', tab, job_id: jobId });
  }

  #post(message: ToPage): void {
    if (this.#isReady) void this.#panel.webview.postMessage(message);
  }
}
