import * as vscode from 'vscode';
import type { Operation } from '../../daemon/protocol/entities.ts';
import type { MethodInput, MethodName, MethodResult } from '../../daemon/protocol/methods.ts';
import type { CoreServices, JobFilter } from '../platform/services.ts';
import { isEmptyFilter } from './jobFilter.ts';
import { JobsProvider } from './jobsProvider.ts';
import { JobsTree } from './jobsTree.ts';
import { badgeOf, countJobs, descriptionOf, messageAfterMs, messageOf } from './jobsViewState.ts';
import type { JobsTreeNode, MoreNode, OperationNode } from './nodes.ts';
import { Ownership } from './ownership.ts';
import { Pacer } from './pacer.ts';

/** What the Jobs view does for others. Its badge, title count and description are its own work. */
export interface JobsViewApi {
  readonly isVisible: boolean;
  readonly filter: JobFilter;
  /** Kept in the workspace's state; `{}` shows everything again. */
  setFilter(filter: JobFilter): Promise<void>;
  /**
   * Shows the view, expands the job and selects it (or one operation of it), whatever page it is on. A filter that hides the
   * job is taken away. False if the daemon knows no such job.
   */
  reveal(jobId: string, operationId?: string): Promise<boolean>;
  /** Asks the daemon again for all that is shown. */
  refresh(): Promise<void>;
  showMore(node: MoreNode): Promise<void>;
  readonly selection: readonly JobsTreeNode[];
}

const filterKey = 'ombudsman.jobs.filter';
const surroundingsIntervalMs = 250;
const reloadIntervalMs = 500;
/** Times such as "5 min ago" go by. */
const clockIntervalMs = 30_000;

/** The Jobs view. */
export class JobsView implements JobsViewApi, vscode.Disposable {
  readonly #core: CoreServices;
  readonly #tree: JobsTree;
  readonly #provider: JobsProvider;
  readonly #view: vscode.TreeView<JobsTreeNode>;
  readonly #ownership: Ownership;
  readonly #surroundings = new Pacer(surroundingsIntervalMs, () => this.#showSurroundings());
  readonly #reload = new Pacer(reloadIntervalMs, () => void this.#reloadQuietly());
  readonly #clock: ReturnType<typeof setInterval>;
  readonly #disposables: vscode.Disposable[] = [];
  #isGone = true;
  #goneAtMs = performance.now();
  #goneTimer: ReturnType<typeof setTimeout> | undefined;
  /** While somebody looks, a daemon that died comes back. */
  #hold: vscode.Disposable | undefined;

  constructor(core: CoreServices) {
    this.#core = core;
    const { session, jobs, workspace, context } = core;
    this.#ownership = new Ownership(workspace, () => vscode.workspace.workspaceFolders ?? []);
    this.#provider = new JobsProvider(
      () => this.#tree,
      (node) => this.#readOperation(node),
    );
    this.#tree = new JobsTree(
      {
        store: jobs,
        call: (method, input) => this.#call(method, input),
        isConnected: () => session.state.name === 'ready',
        isOwn: (job) => this.#ownership.isOwn(job),
        ownProjectIds: () => this.#ownership.projectIds,
        nowMs: () => Date.now(),
        draw: (nodes) => {
          this.#provider.draw(nodes);
          this.#surroundings.request();
        },
      },
      context.workspaceState.get<JobFilter>(filterKey, {}),
    );
    this.#view = vscode.window.createTreeView<JobsTreeNode>('ombudsman.jobs', {
      treeDataProvider: this.#provider,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.#clock = setInterval(() => this.#tree.refreshTexts(), clockIntervalMs);
    this.#disposables.push(this.#view, this.#provider, ...this.#listeners());
    this.#setVisible(this.#view.visible);
    this.#surroundings.request();
  }

  get isVisible(): boolean {
    return this.#view.visible;
  }

  get filter(): JobFilter {
    return this.#tree.filter;
  }

  get selection(): readonly JobsTreeNode[] {
    return this.#view.selection;
  }

  async setFilter(filter: JobFilter): Promise<void> {
    await this.#core.context.workspaceState.update(filterKey, isEmptyFilter(filter) ? undefined : filter);
    try {
      await this.#tree.reload(filter);
    } catch (error) {
      // Without a connection it filters what is known; the daemon is asked when it is back.
      if (this.#core.session.client !== undefined) throw error;
    } finally {
      this.#surroundings.now();
    }
  }

  async reveal(jobId: string, operationId?: string): Promise<boolean> {
    try {
      if (!(await this.#tree.include(jobId))) {
        await this.setFilter({});
        await this.#tree.include(jobId);
      }
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
    await this.#view.reveal(this.#tree.jobNode(jobId), { select: true, focus: false, expand: true });
    if (operationId === undefined) return true;
    const node = await this.#tree.includeOperation(jobId, operationId);
    if (node !== undefined) await this.#view.reveal(node, { select: true, focus: true });
    return true;
  }

  refresh(): Promise<void> {
    return this.#tree.reload();
  }

  showMore(node: MoreNode): Promise<void> {
    return this.#tree.showMore(node);
  }

  dispose(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#goneTimer);
    this.#hold?.dispose();
    this.#surroundings.dispose();
    this.#reload.dispose();
    this.#tree.dispose();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #listeners(): vscode.Disposable[] {
    const { session, jobs, workspace } = this.#core;
    return [
      jobs.onDidChange((change) => {
        this.#tree.apply(change);
        if (change.isReset) this.#reload.request();
        this.#surroundings.request();
      }),
      session.onDidChangeState((state) => {
        this.#tree.refreshTexts();
        if (state.name === 'ready') this.#reload.request();
        this.#noteConnection(state.name === 'ready');
      }),
      workspace.onDidChange(() => {
        if (this.#ownership.update()) this.#reload.request();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#tree.redrawList()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#setVisible(this.#view.visible)),
      this.#view.onDidChangeVisibility(({ visible }) => this.#setVisible(visible)),
      this.#view.onDidExpandElement(({ element }) => {
        // Lines that VS Code still has from the last time are not asked for again.
        if (element.kind === 'job' && !this.#tree.isExpanded(element.jobId)) this.#reopen(element.jobId);
      }),
      this.#view.onDidCollapseElement(({ element }) => {
        if (element.kind === 'job') this.#tree.collapse(element.jobId);
      }),
    ];
  }

  #noteConnection(isReady: boolean): void {
    clearTimeout(this.#goneTimer);
    if (isReady) this.#isGone = false;
    else {
      if (!this.#isGone) this.#goneAtMs = performance.now();
      this.#isGone = true;
      this.#goneTimer = setTimeout(() => this.#surroundings.now(), messageAfterMs);
    }
    this.#surroundings.now();
  }

  #reopen(jobId: string): void {
    void this.#tree
      .expand(jobId)
      .load()
      .then(() => this.#provider.draw([this.#tree.jobNode(jobId)]));
  }

  /** Whoever looks at the jobs needs the daemon. What goes wrong is told by the welcome view of the state. */
  #setVisible(isVisible: boolean): void {
    const { session, workspace, log } = this.#core;
    this.#tree.setVisible(isVisible);
    this.#hold?.dispose();
    this.#hold = undefined;
    if (!isVisible || !vscode.workspace.isTrusted) return;
    this.#hold = session.hold();
    session.ensure().catch((error: unknown) => log.debug(`Jobs view: ${String(error)}`));
    workspace.load().catch((error: unknown) => log.warn(`Jobs view: no projects: ${String(error)}`));
    if (session.client !== undefined) this.#reload.request();
  }

  async #reloadQuietly(): Promise<void> {
    const { session, log } = this.#core;
    if (!this.#view.visible || session.client === undefined) return;
    try {
      await this.#tree.reload();
    } catch (error) {
      log.warn(`Jobs view: ${String(error)}`);
    }
    this.#surroundings.now();
  }

  /** Never starts a daemon: `ensure` is for what a person asked for. */
  async #call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodResult<M>> {
    const { client } = this.#core.session;
    if (client === undefined) throw new Error('there is no connection to the daemon');
    return await client.call(method, input);
  }

  async #readOperation({ jobId, operationId }: OperationNode): Promise<Operation | undefined> {
    try {
      const input = { job_id: jobId, operation_ids: [operationId], detail: 'full' as const };
      return (await this.#call('jobs/operations', input)).operations[0];
    } catch {
      // The hover then tells what is known here.
      return undefined;
    }
  }

  #showSurroundings(): void {
    const { session, jobs, contextKeys } = this.#core;
    const counts = countJobs(jobs.jobs.values());
    const { filter, size } = this.#tree;
    contextKeys.set('ombudsman.jobs.isLoaded', jobs.isLoaded && !(this.#tree.isReading && size === 0));
    contextKeys.set('ombudsman.jobs.isEmpty', size === 0);
    contextKeys.set('ombudsman.jobs.isFiltered', !isEmptyFilter(filter));
    contextKeys.set('ombudsman.jobs.hasFinished', counts.ended > 0);
    contextKeys.set('ombudsman.jobs.hasLive', counts.running + counts.pending + counts.paused > 0);
    this.#view.description = descriptionOf(counts, filter);
    const message = messageOf(session.state, size, performance.now() - this.#goneAtMs);
    if (this.#view.message !== message) this.#view.message = message;
    this.#view.badge = badgeOf(counts);
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'kind' in error && error.kind === 'not_found';
}
