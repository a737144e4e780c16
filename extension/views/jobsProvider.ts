import * as vscode from 'vscode';
import { jobTooltip } from './jobTooltip.ts';
import type { JobsTree } from './jobsTree.ts';
import type { JobsTreeNode, OperationNode } from './nodes.ts';
import { operationTooltip } from './operationTooltip.ts';
import type { Operation } from '../../daemon/protocol/entities.ts';
import { hoverOf, treeItemOf } from './treeItem.ts';

/** The Jobs view's side of VS Code: what to show is all in the tree. */
export class JobsProvider implements vscode.TreeDataProvider<JobsTreeNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<JobsTreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #tree: () => JobsTree;
  readonly #readOperation: (node: OperationNode) => Promise<Operation | undefined>;

  /** `readOperation` gives it with its result; undefined if nobody can be asked. */
  constructor(tree: () => JobsTree, readOperation: (node: OperationNode) => Promise<Operation | undefined>) {
    this.#tree = tree;
    this.#readOperation = readOperation;
  }

  draw(nodes: readonly JobsTreeNode[] | undefined): void {
    this.#changed.fire(nodes === undefined ? undefined : [...nodes]);
  }

  getChildren(node?: JobsTreeNode): vscode.ProviderResult<JobsTreeNode[]> {
    if (node === undefined) return this.#tree().roots();
    return node.kind === 'job' ? this.#tree().operationsOf(node.jobId) : [];
  }

  getTreeItem(node: JobsTreeNode): vscode.TreeItem {
    return treeItemOf(this.#tree().item(node));
  }

  getParent(node: JobsTreeNode): JobsTreeNode | undefined {
    const hasParent = node.kind === 'operation' || (node.kind === 'more' && node.jobId !== undefined);
    return hasParent && node.jobId !== undefined ? this.#tree().jobNode(node.jobId) : undefined;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: JobsTreeNode): Promise<vscode.TreeItem> {
    if (node.kind === 'job') {
      const job = this.#tree().job(node.jobId);
      if (job !== undefined) item.tooltip = hoverOf(jobTooltip(job));
    }
    if (node.kind === 'operation') {
      const operation = (await this.#readOperation(node)) ?? this.#tree().operation(node);
      if (operation !== undefined) item.tooltip = hoverOf(operationTooltip(operation));
    }
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
