import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Operation } from '../../../daemon/protocol/entities.ts';
import { formatDuration, plural, visible } from '../../state/format.ts';
import { ticksOf, timelineOf, type Bar, type Timeline } from '../../state/timeline.ts';
import { statusTones, statusWords, type Tone } from '../../state/words.ts';
import { usePaced } from '../hooks.ts';

export interface GanttProps {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly nowMs: number;
  readonly onOpen: (operationId: string) => void;
}

const axisPx = 20;
/** From so many operations on the picture is not drawn with every change, but so often. */
const manyOperations = 500;
const drawEveryMs = 250;
const laneOf = (lanes: number) => Math.max(6, Math.min(18, Math.floor(180 / Math.max(1, lanes))));
const colours: Readonly<Record<Tone, string>> = {
  good: '--ok',
  bad: '--bad',
  warn: '--warn',
  live: '--live',
  quiet: '--quiet',
};

/**
 * Drawn on a canvas: ten thousand bars as elements would cost more than the rest of the page. The table below says the same in
 * words, so for those who do not see it this is one picture with one sentence.
 */
export function Gantt({ operations, nowMs, onOpen }: GanttProps) {
  const shown = usePaced(operations, operations.size < manyOperations ? 0 : drawEveryMs);
  const timeline = useMemo(() => timelineOf(shown.values(), nowMs), [shown, nowMs]);
  if (timeline.bars.length === 0) return <p class="caption">Nothing has begun yet.</p>;
  return <Picture timeline={timeline} onOpen={onOpen} />;
}

interface PictureProps {
  readonly timeline: Timeline;
  readonly onOpen: (operationId: string) => void;
}

function Picture({ timeline, onOpen }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [widthPx, setWidth] = useState(0);
  const [theme, setTheme] = useState(0);
  const [hovered, setHovered] = useState<Bar | undefined>();
  const lanePx = laneOf(timeline.lanes);
  const heightPx = timeline.lanes * lanePx + axisPx;

  useEffect(() => {
    const element = canvas.current?.parentElement;
    if (element == null) return undefined;
    const size = new ResizeObserver(() => setWidth(element.clientWidth));
    size.observe(element);
    const themes = new MutationObserver(() => setTheme((count) => count + 1));
    themes.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    return () => {
      size.disconnect();
      themes.disconnect();
    };
  }, []);
  useLayoutEffect(() => {
    if (canvas.current !== null && widthPx > 0) draw(canvas.current, timeline, { widthPx, heightPx, lanePx });
  }, [timeline, widthPx, heightPx, lanePx, theme]);

  const barAt = (event: MouseEvent): Bar | undefined => {
    const { offsetX, offsetY } = event;
    const lane = Math.floor(offsetY / lanePx);
    const span = timeline.toMs - timeline.fromMs;
    const slackMs = (2 * span) / Math.max(1, widthPx);
    const atMs = timeline.fromMs + (offsetX / Math.max(1, widthPx)) * span;
    return timeline.bars.find(
      (bar) => bar.lane === lane && bar.fromMs - slackMs <= atMs && atMs <= bar.toMs + slackMs,
    );
  };
  const span = formatDuration(timeline.toMs - timeline.fromMs);
  return (
    <figure class="gantt" data-theme={theme}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Timeline: ${plural(timeline.bars.length, 'attempt')} in ${span}, up to ${timeline.lanes} at once`}
        style={{ height: `${heightPx}px` }}
        onMouseMove={(event) => setHovered(barAt(event))}
        onMouseLeave={() => setHovered(undefined)}
        onClick={(event) => {
          const bar = barAt(event);
          if (bar !== undefined) onOpen(bar.operationId);
        }}
      />
      <figcaption class="caption">
        {hovered === undefined
          ? `${plural(timeline.bars.length, 'attempt')} in ${span}, up to ${timeline.lanes} at once`
          : `${visible(hovered.name, 100)}: ${statusWords[hovered.status].toLowerCase()}, attempt ${hovered.attempt}, ${formatDuration(hovered.toMs - hovered.fromMs)}`}
      </figcaption>
    </figure>
  );
}

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly lanePx: number;
}

function draw(canvas: HTMLCanvasElement, timeline: Timeline, { widthPx, heightPx, lanePx }: Size): void {
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(widthPx * scale);
  canvas.height = Math.round(heightPx * scale);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  // Looked up once, not for each of ten thousand bars.
  const barColours = Object.fromEntries(
    Object.entries(colours).map(([tone, name]) => [tone, colour(name)]),
  ) as Record<Tone, string>;
  const onBar = colour('--on-bar');
  const span = timeline.toMs - timeline.fromMs;
  const x = (ms: number) => ((ms - timeline.fromMs) / span) * widthPx;
  const bottom = timeline.lanes * lanePx;
  context.font = `11px ${style.fontFamily}`;
  context.textBaseline = 'middle';
  for (const at of ticksOf(span, Math.max(2, Math.floor(widthPx / 90)))) {
    const left = x(timeline.fromMs + at);
    context.fillStyle = colour('--line');
    context.fillRect(Math.min(left, widthPx - 1), 0, 1, bottom + 4);
    context.fillStyle = colour('--second');
    if (left < widthPx - 45) context.fillText(formatDuration(at), left + 4, bottom + axisPx / 2 + 1);
  }
  for (const bar of timeline.bars) {
    const width = Math.max(1, x(bar.toMs) - x(bar.fromMs) - 0.5);
    context.fillStyle = barColours[statusTones[bar.status]];
    context.fillRect(x(bar.fromMs), bar.lane * lanePx + 1, width, lanePx - 2);
    if (lanePx < 12 || width < 60) continue;
    context.fillStyle = onBar;
    context.save();
    context.beginPath();
    context.rect(x(bar.fromMs) + 3, bar.lane * lanePx, width - 6, lanePx);
    context.clip();
    context.fillText(visible(bar.name, 60), x(bar.fromMs) + 5, bar.lane * lanePx + lanePx / 2 + 0.5);
    context.restore();
  }
}
