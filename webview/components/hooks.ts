import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Store } from '../state/store.ts';

/** A part of a store; drawn again when that part is another one. */
export function useStore<S, T>(store: Store<S>, select: (state: S) => T): T {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const selected = select(store.state);
  const shown = useRef({ select, selected });
  shown.current = { select, selected };
  useLayoutEffect(() => {
    const look = () => {
      if (!Object.is(shown.current.select(store.state), shown.current.selected)) redraw(undefined);
    };
    look();
    return store.subscribe(look);
  }, [store]);
  return selected;
}

/** Milliseconds now, moving on while something lives. */
export function useNow(isLive: boolean, everyMs = 1000): number {
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    setNowMs(Date.now());
    if (!isLive) return undefined;
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [isLive, everyMs]);
  return nowMs;
}

const narrowPanel = window.matchMedia('(max-width: 560px)');

/** The panel is as narrow as a sidebar: what has columns elsewhere stands one below the other. The same width is in the style sheets. */
export function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(narrowPanel.matches);
  useEffect(() => {
    const look = () => setNarrow(narrowPanel.matches);
    look();
    narrowPanel.addEventListener('change', look);
    return () => narrowPanel.removeEventListener('change', look);
  }, []);
  return isNarrow;
}

/** Only the rows that are seen exist. */
export function useVirtualRows(
  count: number,
  rowHeightPx: number,
  scroller: { readonly current: HTMLElement | null },
): Virtualizer<HTMLElement, Element> {
  const [, redraw] = useReducer((times: number, _: undefined) => times + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 8,
    scrollPaddingStart: rowHeightPx,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, Element>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeightPx]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}

interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
}

/** The value as it is, or as it was up to `everyMs` ago: for what costs too much to be drawn with every change. */
export function usePaced<T>(value: T, everyMs: number): T {
  const [paced, setPaced] = useState(value);
  const latest = useRef(value);
  latest.current = value;
  const isBehind = !Object.is(paced, value);
  useEffect(() => {
    if (!isBehind) return undefined;
    const timer = setTimeout(() => setPaced(() => latest.current), everyMs);
    return () => clearTimeout(timer);
  }, [isBehind, everyMs]);
  return everyMs === 0 ? value : paced;
}

/** A ref for what opens where it may be out of sight: it is scrolled into view, as little as that takes. */
export function useScrollIntoView<E extends HTMLElement>(): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => element.current?.scrollIntoView({ block: 'nearest' }), []);
  return element;
}

/** What a call answers, asked again when `key` is another one. The last answer stays while the next is waited for. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ value: undefined, error: undefined, isLoading: true });
  useEffect(() => {
    let isCurrent = true;
    setLoaded(({ value }) => ({ value, error: undefined, isLoading: true }));
    load().then(
      (value) => isCurrent && setLoaded({ value, error: undefined, isLoading: false }),
      (error: unknown) => isCurrent && setLoaded(({ value }) => ({ value, error, isLoading: false })),
    );
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return loaded;
}

const restMs = 250;

/** What is typed, once the typing rests: the daemon is not asked for every letter. */
export function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
