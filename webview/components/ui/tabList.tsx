import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface TabChoice<T extends string> {
  readonly value: T;
  readonly title: ComponentChildren;
}
export interface TabListProps<T extends string> {
  readonly label: string;
  /** Of the ids: the tab of `value` is `${idPrefix}${value}`. */
  readonly idPrefix: string;
  /** Id of what the chosen tab shows. */
  readonly panelId: string;
  readonly tabs: readonly TabChoice<T>[];
  readonly shown: T;
  readonly onChoose: (value: T) => void;
}

/** Native: panels of the toolkit draw all their tabs at once, here only the one that is seen exists. */
export function TabList<T extends string>(props: TabListProps<T>) {
  const { label, idPrefix, panelId, tabs, shown, onChoose } = props;
  const bar = useRef<HTMLDivElement>(null);
  const tabOf = (value: T) => bar.current?.querySelector<HTMLElement>(`#${CSS.escape(idPrefix + value)}`);
  useEffect(() => {
    tabOf(shown)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shown]);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ value }) => value === shown);
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const to = tabs[moves[event.key] ?? -1];
    if (to === undefined) return;
    event.preventDefault();
    onChoose(to.value);
    tabOf(to.value)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={bar} onKeyDown={onKeyDown}>
      {tabs.map(({ value, title }) => (
        <button
          key={value}
          id={idPrefix + value}
          type="button"
          role="tab"
          class="tab"
          aria-selected={value === shown}
          aria-controls={panelId}
          tabIndex={value === shown ? 0 : -1}
          onClick={() => onChoose(value)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
