import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Plan } from '../../../daemon/protocol/answers.ts';
import { call, HostError, saveBatchFile } from '../../host.ts';
import { failed, learnJobs, notify, view } from '../../state/app.ts';
import {
  definitionOf,
  methodOf,
  problemsOf,
  type Definition,
  type FormName,
  type Forms,
  type Problems,
} from '../../state/forms.ts';
import { showJob, type ViewState } from '../../state/viewState.ts';
import { useStore } from '../hooks.ts';
import { Button } from '../ui/button.tsx';
import { JobOptions } from './jobOptions.tsx';
import { PlanView } from './planView.tsx';

export interface FormPartProps<F extends FormName> {
  readonly form: Forms[F];
  readonly onChange: (part: Partial<Forms[F]>) => void;
  /** Empty until the first try to run: nobody is told off while typing. */
  readonly problems: Problems;
}

export interface FormFrameProps<F extends FormName> {
  readonly name: F;
  readonly runTitle: string;
  /** Folder of the project it runs in; empty if projects are named one by one. */
  readonly projectDir: string;
  readonly children: (props: FormPartProps<F>) => ComponentChildren;
}

type Work = 'run' | 'plan' | 'save';

/** What the four forms have in common: options, dry run, running, and writing the batch file. */
export function FormFrame<F extends FormName>({ name, runTitle, projectDir, children }: FormFrameProps<F>) {
  const form = useStore<ViewState, Forms[F]>(view, (state) => state.forms[name]);
  const [isTried, setTried] = useState(false);
  const [working, setWorking] = useState<Work | null>(null);
  const [plan, setPlan] = useState<Plan | null>(null);
  const [failure, setFailure] = useState<HostError | null>(null);
  const problems = problemsOf(name, form);
  const count = Object.keys(problems).length;
  const change = (part: Partial<Forms[F]>) => {
    setPlan(null);
    view.update((state) => ({
      ...state,
      forms: { ...state.forms, [name]: { ...state.forms[name], ...part } },
    }));
  };
  const start = async (work: Work, todo: (definition: Definition) => Promise<void>) => {
    setTried(true);
    if (count > 0 || working !== null) return;
    setWorking(work);
    setFailure(null);
    try {
      await todo(definitionOf(name, form, new Date()));
    } catch (error) {
      if (error instanceof HostError && error.kind !== 'dismissed') setFailure(error);
      else failed(error);
    } finally {
      setWorking(null);
    }
  };
  const send = (definition: Definition, isDry: boolean) => {
    const project = projectDir === '' ? {} : { project: projectDir };
    // What a form says is checked by the daemon, whose answer says what is wrong with it.
    return call(methodOf[name], { ...definition, ...project, dry_run: isDry } as never);
  };
  const run = () =>
    start('run', async (definition) => {
      const made = await send(definition, false);
      if (!('job_id' in made)) return;
      const { job_id } = made;
      learnJobs([await call('jobs/get', { job_id })]);
      view.update((state) => showJob({ ...state, tab: 'active' }, job_id));
    });
  const dryRun = () =>
    start('plan', async (definition) => {
      const made = await send(definition, true);
      if ('operations' in made) setPlan(made);
    });
  const save = () =>
    start('save', async (definition) => {
      notify({ severity: 'info', text: `Wrote ${await saveBatchFile(projectDir, definition)}` });
    });
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()} noValidate>
      <div class="form-main">{children({ form, onChange: change, problems: isTried ? problems : {} })}</div>
      <JobOptions name={name} form={form} onChange={change} problems={isTried ? problems : {}} />
      <div class="form-end">
        {isTried && count > 0 ? (
          <p class="problem" role="alert">
            {Object.values(problems)[0]}
          </p>
        ) : null}
        {failure === null ? null : (
          <p class="problem" role="alert">
            {failure.message} {failure.hint}
          </p>
        )}
        <div class="row">
          <Button kind="primary" isBusy={working !== null} onPress={() => void run()}>
            {working === 'run' ? 'Starting…' : runTitle}
          </Button>
          <Button isBusy={working !== null} onPress={() => void dryRun()}>
            {working === 'plan' ? 'Planning…' : 'Dry run'}
          </Button>
          <Button isBusy={working !== null} onPress={() => void save()}>
            Save as batch file…
          </Button>
        </div>
      </div>
      {plan === null ? null : <PlanView plan={plan} />}
    </form>
  );
}
