import type { ComponentType } from 'preact';
import type { Tab } from '../protocol/messages.ts';
import { view } from '../state/app.ts';
import { tabTitles } from '../state/words.ts';
import { JobDetails } from './details/jobDetails.tsx';
import { DaemonBanner } from './frame/daemonBanner.tsx';
import { Snackbar } from './frame/snackbar.tsx';
import { Tabs } from './frame/tabs.tsx';
import { GenerationTab } from './forms/generationTab.tsx';
import { MetadataTab } from './forms/metadataTab.tsx';
import { PipelinesTab } from './forms/pipelinesTab.tsx';
import { ProjectsTab } from './forms/projectsTab.tsx';
import { CompareView } from './compare/compareView.tsx';
import { useStore } from './hooks.ts';
import { ActiveTab } from './jobs/activeTab.tsx';
import { HistoryTab } from './jobs/historyTab.tsx';
import { OverviewTab } from './overview/overviewTab.tsx';

const panels: Readonly<Record<Tab, ComponentType>> = {
  overview: OverviewTab,
  active: ActiveTab,
  history: HistoryTab,
  pipelines: PipelinesTab,
  generation: GenerationTab,
  metadata: MetadataTab,
  projects: ProjectsTab,
};

export function App() {
  const tab = useStore(view, (state) => state.tab);
  const jobId = useStore(view, (state) => state.job_id);
  const compared = useStore(view, (state) => state.compared);
  const Panel = panels[tab];
  const content = () => {
    if (jobId !== null) return <JobDetails key={jobId} jobId={jobId} />;
    if (compared !== null) return <CompareView key={compared.join(' ')} jobIds={compared} />;
    return (
      <>
        <h2 class="visually-hidden">{tabTitles[tab]}</h2>
        <Panel />
      </>
    );
  };
  return (
    <main class="app">
      <h1 class="visually-hidden">Ombudsman</h1>
      <Tabs />
      <DaemonBanner />
      <div id="panel" class="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {content()}
      </div>
      <Snackbar />
    </main>
  );
}
