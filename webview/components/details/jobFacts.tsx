import type { ComponentChildren } from 'preact';
import type { Job } from '../../../daemon/protocol/entities.ts';
import { runCommand } from '../../host.ts';
import { failed, view } from '../../state/app.ts';
import { formatTime, visible } from '../../state/format.ts';
import { showJob } from '../../state/viewState.ts';
import { jobTypeWords } from '../../state/words.ts';
import { Name } from '../ui/name.tsx';

/** All that is known of the job beside its progress. */
export function JobFacts({ job }: { readonly job: Job }) {
  const { rerun_of: rerunOf, definition_file: file } = job;
  const order = job.parallel_execution ? `Up to ${job.max_parallel} at once` : 'One after the other';
  const facts: (readonly [string, ComponentChildren])[] = [
    ['Type', jobTypeWords[job.job_type]],
    ['Project', job.project_id === null ? 'None' : <Name key="project" text={job.project_id} />],
    ['Order', order],
    ['After an error', job.stop_on_error ? 'Stops' : 'Goes on'],
    ['Priority', job.priority],
    ['Tags', job.tags.length === 0 ? 'None' : job.tags.map((tag) => visible(tag, 100)).join(', ')],
    ['Created', formatTime(job.created_at)],
    ['Started', job.started_at === undefined ? 'Not yet' : formatTime(job.started_at)],
    ['Ended', job.finished_at === undefined ? 'Not yet' : formatTime(job.finished_at)],
    ['Job id', <code key="id">{job.job_id}</code>],
  ];
  if (file !== undefined) {
    const openFile = () => void runCommand('ombudsman.openDefinition', job.job_id).catch(failed);
    facts.push([
      'Batch file',
      <button key="file" type="button" class="link" title={visible(file)} onClick={openFile}>
        {visible(file.split(/[\\/]/).at(-1) ?? file, 200)}
      </button>,
    ]);
  }
  if (rerunOf !== undefined) {
    const openFirst = () => view.update((state) => showJob(state, rerunOf));
    facts.push([
      'Run again of',
      <button key="first" type="button" class="link" onClick={openFirst}>
        {rerunOf}
      </button>,
    ]);
  }
  return (
    <dl class="facts">
      {facts.map(([term, value]) => (
        <div key={term} class="fact">
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
