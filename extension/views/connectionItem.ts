import type { WorkspaceProject } from '../../daemon/protocol/language.ts';
import type { CheckedConnection } from './connectionStatus.ts';
import { facts, formatAgo, short, spoken } from './format.ts';
import { escapeMarkdown, paragraphs } from './markdown.ts';
import { errorText } from './operationItem.ts';
import type { ItemIcon, ViewItem } from './viewItem.ts';

export type Connection = WorkspaceProject['connections'][number];

const typeIcons: Readonly<Record<string, string>> = {
  duckdb: 'database',
  sqlite: 'database',
  files: 'folder-library',
  postgres: 'server',
  mysql: 'server',
  sqlserver: 'server',
  snowflake: 'cloud',
};

/**
 * The line of a connection; `checked` if somebody asked since the window was opened, `catalogText`: what there is to say of its
 * catalog.
 */
export function connectionItem(
  project: WorkspaceProject,
  connection: Connection,
  checked: CheckedConnection | undefined,
  catalogText: string,
): ViewItem {
  const label = short(connection.name);
  const description = facts(
    short(connection.type, 60),
    checked !== undefined && checkedText(checked),
    catalogText,
  );
  return {
    id: `connection/${project.dir}/${connection.name}`,
    label,
    description,
    icon: iconOf(connection, checked),
    contextValue: 'connection',
    accessibilityLabel: spoken('Connection', label, '', description),
    children: 'collapsed',
    open: { file: project.file, range: connection.range },
  };
}

function iconOf(connection: Connection, checked: CheckedConnection | undefined): ItemIcon {
  if (checked?.probe.ok === false) return { id: 'error', color: 'testing.iconFailed' };
  const id = typeIcons[connection.type] ?? 'database';
  return checked === undefined ? { id } : { id, color: 'testing.iconPassed' };
}

function checkedText({ probe }: CheckedConnection): string {
  if (!probe.ok)
    return `not reachable · ${probe.error === undefined ? 'no reason told' : errorText(probe.error)}`;
  const system = [probe.system, probe.version].filter((part) => part !== undefined).join(' ');
  return facts('reachable', short(system, 80));
}

export function connectionTooltip(
  connection: Connection,
  checked: CheckedConnection | undefined,
  nowMs: number,
): string {
  const title = `**${escapeMarkdown(connection.name)}** · ${escapeMarkdown(connection.type)}`;
  if (checked === undefined) return paragraphs(title, 'Not checked since this window was opened.');
  const { error } = checked.probe;
  return paragraphs(
    title,
    `$(${checked.probe.ok ? 'pass' : 'error'}) ${escapeMarkdown(checkedText(checked))}`,
    error?.hint !== undefined && `$(lightbulb) ${escapeMarkdown(error.hint)}`,
    `Checked ${formatAgo(new Date(checked.checkedAtMs).toISOString(), nowMs)}`,
  );
}
