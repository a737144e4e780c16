import * as vscode from 'vscode';
import type { FilePlace, ViewItem } from './viewItem.ts';

const states = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
};

/** A line of a tree as VS Code takes it. */
export function treeItemOf(item: ViewItem): vscode.TreeItem {
  const treeItem = new vscode.TreeItem(item.label, states[item.children]);
  treeItem.id = item.id;
  treeItem.description = item.description;
  treeItem.contextValue = item.contextValue;
  treeItem.accessibilityInformation = { label: item.accessibilityLabel, role: 'treeitem' };
  if (item.tooltip !== undefined) treeItem.tooltip = item.tooltip;
  if (item.command !== undefined) treeItem.command = item.command;
  if (item.open !== undefined) treeItem.command = openCommand(item.open);
  if (item.icon !== undefined) {
    const { id, color } = item.icon;
    treeItem.iconPath = new vscode.ThemeIcon(
      id,
      color === undefined ? undefined : new vscode.ThemeColor(color),
    );
  }
  return treeItem;
}

function openCommand({ file, range }: FilePlace): vscode.Command {
  const options: vscode.TextDocumentShowOptions = {
    ...(range !== undefined && {
      selection: new vscode.Range(
        range.start.line,
        range.start.character,
        range.end.line,
        range.end.character,
      ),
    }),
  };
  return { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.file(file), options] };
}

/** Markdown of ours, with icons; links in it do nothing. */
export function hoverOf(markdown: string): vscode.MarkdownString {
  return new vscode.MarkdownString(markdown, true);
}
