import type { Job, Operation } from '../../daemon/protocol/entities.ts';
import type { MethodInput, MethodName, MethodResult } from '../../daemon/protocol/methods.ts';
import type { JobFilter, JobStore, JobStoreChange } from '../platform/services.ts';
import { jobItem } from './jobItem.ts';
import { JobsList } from './jobsList.ts';
import { goneItem, moreItem, noteItem, restItem } from './lineItems.ts';
import type { JobNode, JobsTreeNode, MoreNode, OperationNode } from './nodes.ts';
import { OpenJob } from './openJob.ts';
import { operationItem } from './operationItem.ts';
import { Redraws } from './redraws.ts';
import type { ViewItem } from './viewItem.ts';

export interface JobsTreeDeps {
  readonly store: JobStore;
  /** Rejects while there is no connection; starts no daemon. */
  readonly call: <M extends MethodName>(method: M, input: MethodInput<M>) => Promise<MethodResult<M>>;
  readonly isConnected: () => boolean;
  /** Of a project in the folders of this window. */
  readonly isOwn: (job: Job) => boolean;
  readonly ownProjectIds: () => readonly string[];
  readonly nowMs: () => number;
  /** These lines say something else now; undefined: the list of jobs does. */
  readonly draw: (nodes: readonly JobsTreeNode[] | undefined) => void;
}

/** What the Jobs view shows, without VS Code: lines, the operations of expanded jobs, and which of them to draw again. */
export class JobsTree {
  readonly #deps: JobsTreeDeps;
  readonly #list: JobsList;
  readonly #redraws: Redraws;
  readonly #jobNodes = new Map<string, JobNode>();
  readonly #operationNodes = new Map<string, Map<string, OperationNode>>();
  readonly #moreJobs: MoreNode = { kind: 'more' };
  readonly #open = new Map<string, OpenJob>();
  /** What the lines of jobs said when they were last drawn. */
  readonly #drawn = new Map<string, string>();
  readonly #drawnOperations = new WeakMap<OperationNode, string>();
  #isOrderStale = true;

  constructor(deps: JobsTreeDeps, filter: JobFilter) {
    this.#deps = deps;
    const { store, isOwn, ownProjectIds } = deps;
    this.#list = new JobsList(
      {
        store,
        isOwn,
        ownProjectIds,
        list: async (input) => {
          const answer = await deps.call('jobs/list', input);
          store.learn(answer.jobs);
          return answer;
        },
      },
      filter,
    );
    this.#redraws = new Redraws({
      jobNode: (jobId) => this.jobNode(jobId),
      operationNode: (jobId, operationId) => this.#operationNode(jobId, operationId),
      isOther: (node) => this.#drawnOperations.get(node) !== JSON.stringify(this.#operationItem(node)),
      arrange: () => this.#arrange(),
      lineCount: () => [...this.#open.values()].reduce((sum, { shown }) => sum + shown.length, 0),
      draw: deps.draw,
    });
  }

  get filter(): JobFilter {
    return this.#list.filter;
  }

  /** Jobs that are shown. */
  get size(): number {
    return this.#list.shown.length;
  }

  /** True while the first page is on its way. */
  get isReading(): boolean {
    return this.#list.isReading;
  }

  job(jobId: string): Job | undefined {
    return this.#list.job(jobId);
  }

  operation({ jobId, operationId }: OperationNode): Operation | undefined {
    return this.#open.get(jobId)?.operation(operationId);
  }

  /** The same object as long as it is the same job: VS Code finds its lines by it. */
  jobNode(jobId: string): JobNode {
    let node = this.#jobNodes.get(jobId);
    if (node === undefined) this.#jobNodes.set(jobId, (node = { kind: 'job', jobId }));
    return node;
  }

  #operationNode(jobId: string, operationId: string): OperationNode {
    let nodes = this.#operationNodes.get(jobId);
    if (nodes === undefined) this.#operationNodes.set(jobId, (nodes = new Map<string, OperationNode>()));
    let node = nodes.get(operationId);
    if (node === undefined) nodes.set(operationId, (node = { kind: 'operation', jobId, operationId }));
    return node;
  }

  roots(): JobsTreeNode[] {
    this.#arrange();
    const lines: JobsTreeNode[] = this.#list.shown.map((jobId) => this.jobNode(jobId));
    const { failure } = this.#list;
    if (failure !== undefined && this.#deps.isConnected()) {
      lines.push({ kind: 'note', text: `Ended jobs could not be read: ${failure.message}` });
    }
    if (lines.length > 0 && this.#list.hiddenCount !== 0) lines.push(this.#moreJobs);
    return lines;
  }

  /** Asked for when the job is expanded, and again after each change of it while it is. */
  async operationsOf(jobId: string): Promise<JobsTreeNode[]> {
    const open = this.expand(jobId);
    await open.load();
    if (open.failure !== undefined) {
      return [{ kind: 'note', text: `The operations could not be read: ${open.failure.message}` }];
    }
    const lines: JobsTreeNode[] = open.shown.map((id) => this.#operationNode(jobId, id));
    if (open.hiddenCount > 0) lines.push({ kind: 'more', jobId });
    return lines;
  }

  isExpanded(jobId: string): boolean {
    return this.#open.has(jobId);
  }

  /** From now on, until it is collapsed, its operations are kept up to date. */
  expand(jobId: string): OpenJob {
    let open = this.#open.get(jobId);
    if (open !== undefined) return open;
    open = new OpenJob(jobId, {
      store: this.#deps.store,
      list: (input) => this.#deps.call('jobs/operations', input),
      linesChanged: (ids) => this.#redraws.operations(jobId, ids),
      listChanged: () => this.#redraws.job(jobId),
    });
    this.#open.set(jobId, open);
    return open;
  }

  collapse(jobId: string): void {
    this.#open.get(jobId)?.dispose();
    this.#open.delete(jobId);
    this.#operationNodes.delete(jobId);
    this.#redraws.forget(jobId);
  }

  item(node: JobsTreeNode): ViewItem {
    switch (node.kind) {
      case 'job': {
        const job = this.job(node.jobId);
        if (job === undefined) return goneItem(node.jobId);
        const item = this.#jobItem(job);
        this.#drawn.set(node.jobId, JSON.stringify(item));
        return item;
      }
      case 'operation': {
        const item = this.#operationItem(node);
        this.#drawnOperations.set(node, JSON.stringify(item));
        return item;
      }
      case 'more': {
        const list = (node.jobId === undefined ? undefined : this.#open.get(node.jobId)) ?? this.#list;
        return list.isFull
          ? restItem(node, list.hiddenCount)
          : moreItem(node, list.hiddenCount, list.isLoadingMore);
      }
      case 'note':
        return noteItem(node.text);
    }
  }

  /** What the store told. */
  apply(change: JobStoreChange): void {
    if (change.isReset) this.#applyReset();
    // Jobs that only left the store still stand in the pages.
    for (const jobId of change.deletedJobs) {
      this.#list.noteRemoval(jobId);
      this.collapse(jobId);
      this.#jobNodes.delete(jobId);
      this.#drawn.delete(jobId);
      this.#isOrderStale = true;
    }
    for (const jobId of change.changedJobs) {
      if (this.#list.noteChange(jobId)) this.#isOrderStale = true;
      this.#redrawIfOtherText(jobId);
    }
    for (const jobId of change.endedJobs) this.#open.get(jobId)?.noteEnd();
    for (const [jobId, ids] of change.changedOperations) this.#open.get(jobId)?.noteChanges(ids);
    if (this.#isOrderStale) this.#redraws.request();
  }

  #applyReset(): void {
    // Of another daemon, nothing is known.
    if (!this.#deps.store.isLoaded) this.#list.clear();
    this.#isOrderStale = true;
    this.refreshTexts();
  }

  /** Time went by, or the connection came or went: lines that say something else now are drawn again. */
  refreshTexts(): void {
    for (const jobId of this.#list.shown) this.#redrawIfOtherText(jobId);
  }

  /** While nobody looks, nothing is drawn and no operation is watched. */
  setVisible(isVisible: boolean): void {
    for (const open of this.#open.values())
      if (isVisible) open.wake();
      else open.sleep();
    this.#redraws.isPaused = !isVisible;
  }

  /** Asks the daemon again for all that is shown. Rejects if it cannot be asked; then what was known stands. */
  async reload(filter?: JobFilter): Promise<void> {
    const reading = filter === undefined ? this.#list.reload() : this.#list.setFilter(filter);
    this.redrawList();
    try {
      await Promise.all([reading, ...[...this.#open.values()].map((open) => open.reload())]);
    } finally {
      this.redrawList();
    }
  }

  /** The next page of jobs, or of the operations of one. Rejects if the daemon cannot be asked. */
  async showMore({ jobId }: MoreNode): Promise<void> {
    if (jobId !== undefined) {
      await this.#open.get(jobId)?.showMore();
      return;
    }
    const showing = this.#list.showMore();
    this.#deps.draw([this.#moreJobs]);
    try {
      await showing;
    } finally {
      this.redrawList();
    }
  }

  /** Makes a line for this operation of a job that has one. Undefined if it has no such operation. */
  async includeOperation(jobId: string, operationId: string): Promise<OperationNode | undefined> {
    const isThere = await this.expand(jobId).include(operationId);
    this.#redraws.now();
    return isThere ? this.#operationNode(jobId, operationId) : undefined;
  }

  /** Makes a line for this job, wherever it stands. False if the filter keeps it out. Rejects if the daemon knows no such job. */
  async include(jobId: string): Promise<boolean> {
    if (this.job(jobId) === undefined) {
      const job = await this.#deps.call('jobs/get', { job_id: jobId });
      this.#deps.store.learn([job]);
      this.#list.add(job);
    }
    this.#list.pin(jobId);
    this.redrawList();
    return this.#list.shown.includes(jobId);
  }

  /** The list of jobs is ordered and, while somebody looks, drawn again at once. */
  redrawList(): void {
    this.#isOrderStale = true;
    this.#arrange();
    this.#redraws.all();
  }

  dispose(): void {
    this.#redraws.dispose();
    for (const jobId of [...this.#open.keys()]) this.collapse(jobId);
  }

  #arrange(): boolean {
    if (!this.#isOrderStale) return false;
    this.#isOrderStale = false;
    const isOther = this.#list.arrange();
    // VS Code does not tell that an expanded line went away.
    const shown = new Set(this.#list.shown);
    for (const jobId of [...this.#open.keys()]) if (!shown.has(jobId)) this.collapse(jobId);
    return isOther;
  }

  #jobItem(job: Job): ViewItem {
    const { nowMs, isOwn, isConnected } = this.#deps;
    return jobItem(job, { nowMs: nowMs(), isOwn: isOwn(job), isConnected: isConnected() });
  }

  #operationItem(node: OperationNode): ViewItem {
    const operation = this.operation(node);
    if (operation === undefined) return goneItem(`${node.jobId}/${node.operationId}`);
    return operationItem(node, operation, this.#deps.isConnected());
  }

  #redrawIfOtherText(jobId: string): void {
    const drawn = this.#drawn.get(jobId);
    const job = this.job(jobId);
    if (drawn !== undefined && job !== undefined && JSON.stringify(this.#jobItem(job)) !== drawn) {
      this.#redraws.job(jobId);
    }
  }
}
