import { useEffect, useRef, useState } from 'preact/hooks';
import UPlot from 'uplot';
import { formatClock, formatDay, formatDuration, plural, visible } from '../../state/format.ts';
import { columnsOf, failuresOf, type Trend } from '../../state/trends.ts';
import { Name } from '../ui/name.tsx';

const heightPx = 120;

/** How long the runs of one pipeline took, those that failed marked. */
export function TrendChart({ trend }: { readonly trend: Trend }) {
  const place = useRef<HTMLDivElement>(null);
  const [theme, setTheme] = useState(0);
  const [, durations] = columnsOf(trend);
  useEffect(() => {
    const themes = new MutationObserver(() => setTheme((count) => count + 1));
    themes.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    return () => themes.disconnect();
  }, []);
  useEffect(() => {
    const element = place.current;
    if (element === null || durations.length < 2) return undefined;
    const chart = new UPlot(optionsOf(element), columnsOf(trend), element);
    const size = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: heightPx }));
    size.observe(element);
    return () => {
      size.disconnect();
      chart.destroy();
    };
  }, [trend, theme, durations.length]);
  const failures = failuresOf(trend);
  const last = durations.at(-1);
  const words = [
    plural(durations.length, 'run'),
    failures === 0 ? 'none failed' : `${failures} failed`,
    ...(last === undefined ? [] : [`last ${formatDuration(last * 1000)}`]),
  ];
  return (
    <figure class="trend">
      <figcaption class="two-lines">
        <Name text={trend.name} />
        <span class="second">{words.join(', ')}</span>
      </figcaption>
      {durations.length < 2 ? (
        <p class="caption">A trend needs two runs.</p>
      ) : (
        <div
          ref={place}
          role="img"
          aria-label={`Durations of ${visible(trend.name, 100)}: ${words.join(', ')}`}
          class="trend-chart"
        />
      )}
    </figure>
  );
}

function optionsOf(element: HTMLElement): UPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--second'),
    grid: { stroke: colour('--line'), width: 0.5 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  };
  return {
    width: Math.max(1, element.clientWidth),
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_chart, _least, most) => [0, most * 1.15] } },
    axes: [
      { ...axis, size: 24, space: 70, values: (_chart, ticks) => momentsOf(ticks) },
      {
        ...axis,
        size: 52,
        values: (_chart, ticks) => ticks.map((seconds) => formatDuration(seconds * 1000)),
      },
    ],
    series: [
      {},
      { label: 'Duration', stroke: colour('--live'), width: 1.5, points: { show: true, size: 4 } },
      {
        label: 'Failed',
        stroke: colour('--bad'),
        width: 0,
        points: { show: true, size: 8, width: 2, fill: colour('--surface') },
      },
    ],
  };
}

/** Seconds within a quarter of an hour, hours within two days, else days. */
function momentsOf(ticks: readonly number[]): string[] {
  const spanSeconds = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0);
  return ticks.map((seconds) => {
    const date = new Date(seconds * 1000);
    if (spanSeconds < 900) return formatClock(date);
    return spanSeconds < 2 * 86_400 ? formatClock(date).slice(0, 5) : formatDay(date).slice(5);
  });
}
