import * as vscode from 'vscode';
import { plural } from '../../daemon/client/text.ts';
import { isNode, type TreeNode } from '../views/nodes.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { showDone } from './ui/notice.ts';

/** Names of schemas, tables and columns of the Connections view, as they stand in the catalog. */
export const copyName: Command = {
  id: 'ombudsman.copyName',
  needs: 'nothing',
  async run(_services, ...args) {
    const [clicked, selected] = args;
    const nodes: unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
    const names = nodes.filter(isNode).flatMap(nameOf);
    if (names.length === 0) throw new Refusal('Call this from a table or column in the Connections view.');
    await vscode.env.clipboard.writeText(names.join('\n'));
    showDone(`Copied ${plural(names.length, 'name')}`);
  },
};

function nameOf(node: TreeNode): string[] {
  switch (node.kind) {
    case 'schema':
      return [node.schema];
    case 'relation':
      return [node.relation];
    case 'column':
      return [node.column];
    default:
      return [];
  }
}
