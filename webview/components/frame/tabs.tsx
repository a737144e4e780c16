import { isJobEnded } from '../../../daemon/protocol/endings.ts';
import { tabs } from '../../protocol/messages.ts';
import { app, view } from '../../state/app.ts';
import { showTab } from '../../state/viewState.ts';
import { tabTitles } from '../../state/words.ts';
import { useStore } from '../hooks.ts';
import { TabList } from '../ui/tabList.tsx';

export function Tabs() {
  const shown = useStore(view, (state) => state.tab);
  const live = useStore(app, liveCount);
  const choices = tabs.map((tab) => ({
    value: tab,
    title:
      tab === 'active' && live > 0 ? [tabTitles[tab], <LiveBadge key="live" live={live} />] : tabTitles[tab],
  }));
  return (
    <TabList
      label="Dashboard"
      idPrefix="tab-"
      panelId="panel"
      tabs={choices}
      shown={shown}
      onChoose={(tab) => view.update((state) => showTab(state, tab))}
    />
  );
}

function LiveBadge({ live }: { readonly live: number }) {
  return (
    <span class="badge" aria-label={`${live} live`}>
      {live}
    </span>
  );
}

function liveCount({ jobs }: typeof app.state): number {
  let count = 0;
  for (const { status } of jobs.values()) if (!isJobEnded(status)) count += 1;
  return count;
}
