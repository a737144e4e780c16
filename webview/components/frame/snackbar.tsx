import { useEffect } from 'preact/hooks';
import { post } from '../../host.ts';
import { notices, view } from '../../state/app.ts';
import { visible } from '../../state/format.ts';
import { dismissNotice, isToBeAnswered, type Notice } from '../../state/notices.ts';
import { showJob } from '../../state/viewState.ts';
import { useStore } from '../hooks.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { IconButton } from '../ui/iconButton.tsx';

const shownMs = 6_000;

/**
 * One notice at a time, read aloud. What went wrong, and what asks for something, stays until it is dismissed or others wait;
 * how a job ended also stands in the lists.
 */
export function Snackbar() {
  const queue = useStore(notices, (state) => state);
  const [notice] = queue;
  const id = notice?.id;
  const isOfJob = notice?.jobId !== undefined;
  const asks = notice !== undefined && isToBeAnswered(notice);
  const staysMs = asks && !isOfJob && queue.length === 1 ? undefined : shownMs;
  useEffect(() => {
    if (notice === undefined || staysMs === undefined) return undefined;
    const timer = setTimeout(() => dismiss(notice), staysMs);
    return () => clearTimeout(timer);
  }, [id, staysMs]);
  useEffect(() => {
    if (notice !== undefined && !asks) read(notice);
  }, [id]);
  const shownJob = useStore(view, (state) => state.job_id);
  const jobId = notice?.jobId === shownJob ? undefined : notice?.jobId;
  return (
    <div class="snackbar-place" aria-live="polite">
      {notice === undefined ? null : (
        <div class={`snackbar snackbar-${notice.severity}`}>
          <Icon name={notice.severity === 'info' ? 'check' : 'warning'} />
          <span class="snackbar-text">{visible(notice.text, 400)}</span>
          {jobId === undefined ? null : (
            <Button onPress={() => view.update((state) => showJob(state, jobId))}>View</Button>
          )}
          {notice.actions?.map((title, action) => (
            <Button key={title} onPress={() => act(notice, action)}>
              {title}
            </Button>
          ))}
          <IconButton icon="cross" label="Dismiss" onPress={() => dismiss(notice)} />
        </div>
      )}
    </div>
  );
}

/** The extension need not say it again. */
function read({ hostId }: Notice): void {
  if (hostId !== undefined) post({ type: 'noticeRead', notice_id: hostId });
}

function dismiss(notice: Notice): void {
  read(notice);
  notices.update((state) => dismissNotice(state, notice.id));
}

function act(notice: Notice, action: number): void {
  if (notice.hostId !== undefined) post({ type: 'noticeAction', notice_id: notice.hostId, action });
  notices.update((state) => dismissNotice(state, notice.id));
}
