import type { Page } from 'playwright-core';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import type { EventBatch } from '../../daemon/protocol/events.ts';

/** A number that was told, or shown, and when: milliseconds since 1970, of the one clock that both processes have. */
export interface Told {
  readonly value: number;
  readonly atMs: number;
}

/**
 * The client as it is, noting for each event of a job how many operations it says are completed, at the moment in which it
 * arrives in the process of the webview's host.
 */
export function noting(client: DaemonClient, arrived: (jobId: string, told: Told) => void): DaemonClient {
  const note = ({ events }: EventBatch): void => {
    const atMs = performance.timeOrigin + performance.now();
    for (const event of events) {
      if (event.type === 'job') arrived(event.job.job_id, { value: event.job.progress.completed, atMs });
    }
  };
  return {
    registration: client.registration,
    hello: client.hello,
    call: (method, input) => client.call(method, input),
    subscribe: (input, onBatch) =>
      client.subscribe(input, (batch) => {
        note(batch);
        onBatch(batch);
      }),
    onClose: (listener) => client.onClose(listener),
    close: () => client.close(),
  };
}

export interface PageFigures {
  /** Each other number on the screen, when the frame after the one that drew it began. */
  readonly shown: readonly Told[];
  /** From the key press, as the browser stamped it, until the page's own code ran. */
  readonly inputDelaysMs: readonly number[];
  /** Until the frame after it began. */
  readonly inputFramesMs: readonly number[];
  readonly framesMs: readonly number[];
}

/** Starts to note in the page what stands in `selector` at every frame, and every key press. Replaces what was noted before. */
export async function startProbe(page: Page, selector: string): Promise<void> {
  await page.evaluate(`{
    const figures = (window.figures = { shown: [], inputDelaysMs: [], inputFramesMs: [], framesMs: [] });
    const epochMs = () => performance.timeOrigin + performance.now();
    let lastText = '';
    let lastFrameMs;
    const look = (frameMs) => {
      if (window.figures !== figures) return;
      if (lastFrameMs !== undefined) figures.framesMs.push(frameMs - lastFrameMs);
      lastFrameMs = frameMs;
      const text = document.querySelector(${JSON.stringify(selector)})?.textContent ?? '';
      if (text !== lastText) figures.shown.push({ value: Number(text.replace(/\\D/g, '')), atMs: epochMs() });
      lastText = text;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    const onKey = (event) => {
      if (window.figures !== figures) return removeEventListener('keydown', onKey, true);
      figures.inputDelaysMs.push(performance.now() - event.timeStamp);
      requestAnimationFrame(() => requestAnimationFrame(() => figures.inputFramesMs.push(performance.now() - event.timeStamp)));
    };
    addEventListener('keydown', onKey, true);
  }`);
}

export async function readProbe(page: Page): Promise<PageFigures> {
  return page.evaluate<PageFigures>('window.figures');
}

/** How long each number that arrived took until it, or one after it, was on the screen. Numbers only grow. */
export function delaysOf(arrivals: readonly Told[], shown: readonly Told[]): number[] {
  const delays: number[] = [];
  let at = 0;
  for (const { value, atMs } of arrivals) {
    while (at < shown.length && ((shown[at]?.value ?? 0) < value || (shown[at]?.atMs ?? 0) < atMs)) at += 1;
    const frame = shown[at];
    if (frame !== undefined) delays.push(frame.atMs - atMs);
  }
  return delays;
}

/** JavaScript heap after two collections, and elements of the page. */
export async function memoryOf(page: Page): Promise<{ readonly heapBytes: number; readonly nodes: number }> {
  const session = await page.context().newCDPSession(page);
  try {
    for (let time = 0; time < 2; time += 1) await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const { nodes } = await session.send('Memory.getDOMCounters');
    return { heapBytes: usedSize, nodes };
  } finally {
    await session.detach();
  }
}
