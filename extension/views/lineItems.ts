import { formatCount } from '../../daemon/client/text.ts';
import { short } from './format.ts';
import type { MoreNode } from './nodes.ts';
import { loadingIcon, type ViewItem } from './viewItem.ts';

/** The last line of a list that has more; `hiddenCount` undefined: nobody knows how many. */
export function moreItem(node: MoreNode, hiddenCount: number | undefined, isLoading: boolean): ViewItem {
  const description = hiddenCount === undefined ? '' : `${formatCount(hiddenCount)} more`;
  return {
    id: node.jobId === undefined ? 'more' : `${node.jobId}/more`,
    label: isLoading ? 'Loading …' : 'Show More',
    description,
    icon: isLoading ? loadingIcon : { id: 'chevron-down' },
    contextValue: 'more',
    accessibilityLabel: `${isLoading ? 'Loading more' : 'Show more'}${description === '' ? '' : `, ${description}`}`,
    children: 'none',
    command: { command: 'ombudsman.showMore', title: 'Show More', arguments: [node] },
    tooltip: '',
  };
}

/**
 * In place of "Show More" where a tree has as many lines as VS Code draws in no time: every redraw of a line takes all below it
 * along. The dashboard's tables have no such end.
 */
export function restItem(node: MoreNode, hiddenCount: number | undefined): ViewItem {
  const { jobId } = node;
  const description = hiddenCount === undefined ? '' : `${formatCount(hiddenCount)} more`;
  return {
    id: jobId === undefined ? 'more' : `${jobId}/more`,
    label: 'Show All in Dashboard',
    description,
    icon: { id: 'dashboard' },
    contextValue: 'more',
    accessibilityLabel: `Show all in dashboard${description === '' ? '' : `, ${description}`}`,
    children: 'none',
    command: {
      command: 'ombudsman.openDashboard',
      title: 'Open Dashboard',
      arguments: [jobId === undefined ? { tab: 'history' } : { kind: 'job', jobId }],
    },
    tooltip: '',
  };
}

/** A line that only says something. */
export function noteItem(text: string): ViewItem {
  const label = short(text);
  return {
    id: `note/${text}`,
    label,
    description: '',
    icon: { id: 'warning', color: 'list.warningForeground' },
    contextValue: 'note',
    accessibilityLabel: label,
    children: 'none',
    tooltip: text,
  };
}

/** VS Code may ask for a line a moment after the thing is gone; the next redraw takes it away. */
export function goneItem(id: string): ViewItem {
  return {
    id,
    label: 'no longer there',
    description: '',
    contextValue: 'gone',
    accessibilityLabel: 'No longer there',
    children: 'none',
    tooltip: '',
  };
}
