import * as vscode from 'vscode';
import type { FilesTreeNode } from './nodes.ts';
import { Pacer } from './pacer.ts';
import { hoverOf, treeItemOf } from './treeItem.ts';
import type { WorkspaceModel } from './workspaceModel.ts';

export interface WorkspaceTreeOptions {
  readonly viewId: string;
  readonly model: WorkspaceModel;
  readonly children: (node?: FilesTreeNode) => FilesTreeNode[] | Promise<FilesTreeNode[]>;
  /** Reads the workspace, if nobody has yet. */
  readonly read: () => Promise<unknown>;
  /** Somebody looks: the last results are wanted. */
  readonly needed: () => void;
}

/** The Connections view, for those who look at what is in it. */
export interface ConnectionsViewApi {
  getChildren(node?: FilesTreeNode): Promise<FilesTreeNode[]>;
  getTreeItem(node: FilesTreeNode): vscode.TreeItem;
  getParent(node: FilesTreeNode): FilesTreeNode | undefined;
  resolveTreeItem(item: vscode.TreeItem, node: FilesTreeNode): vscode.TreeItem;
}

const redrawIntervalMs = 500;
const clockIntervalMs = 60_000;

/** One of the views of the workspace's files. They are short lists: what changed is not told line by line. */
export class WorkspaceTree implements vscode.TreeDataProvider<FilesTreeNode>, vscode.Disposable {
  readonly #options: WorkspaceTreeOptions;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<FilesTreeNode>;
  readonly #redraw = new Pacer(redrawIntervalMs, () => this.#changed.fire(undefined));
  readonly #listener: vscode.Disposable;
  readonly #clock: ReturnType<typeof setInterval>;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(options: WorkspaceTreeOptions) {
    this.#options = options;
    this.#view = vscode.window.createTreeView<FilesTreeNode>(options.viewId, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.#listener = this.#view.onDidChangeVisibility(({ visible }) => {
      if (visible) options.needed();
    });
    this.#clock = setInterval(() => {
      if (this.#view.visible) this.redraw();
    }, clockIntervalMs);
    if (this.#view.visible) options.needed();
  }

  get isVisible(): boolean {
    return this.#view.visible;
  }

  redraw(): void {
    this.#redraw.request();
  }

  /** Waits for the workspace: an empty list would say that there is nothing in it. */
  async getChildren(node?: FilesTreeNode): Promise<FilesTreeNode[]> {
    const { model, children, read } = this.#options;
    if (!model.isRead) {
      try {
        await read();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return [{ kind: 'note', text: `The workspace could not be read: ${why}` }];
      }
    }
    return await children(node);
  }

  getTreeItem(node: FilesTreeNode): vscode.TreeItem {
    return treeItemOf(this.#options.model.item(node));
  }

  getParent(node: FilesTreeNode): FilesTreeNode | undefined {
    return this.#options.model.parent(node);
  }

  resolveTreeItem(item: vscode.TreeItem, node: FilesTreeNode): vscode.TreeItem {
    const markdown = this.#options.model.tooltip(node);
    if (markdown !== undefined) item.tooltip = hoverOf(markdown);
    return item;
  }

  dispose(): void {
    clearInterval(this.#clock);
    this.#redraw.dispose();
    this.#listener.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }
}
