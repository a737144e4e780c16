import type { Locator, Page } from 'playwright-core';
import { escapeRegExp, uiTimeoutMs } from './support.ts';

const settleMs = 500;

/** What is needed here of the browser's Element, whose types Node has not. */
interface Row {
  getAttribute(name: string): string | null;
}

/** The tree of jobs in our sidebar. Its lines are known by what they say to a screen reader. */
export class JobsView {
  readonly page: Page;
  /** In the activity bar, with the badge of running jobs. */
  readonly icon: Locator;
  readonly pane: Locator;

  constructor(page: Page) {
    this.page = page;
    this.icon = page.locator('.activitybar .action-item', {
      has: page.locator('a[aria-label^="Ombudsman"]'),
    });
    this.pane = page.locator('.pane', { has: page.locator('.pane-header[aria-label^="Jobs"]') });
  }

  /** Lines of jobs of this name; `state` is the word for how it is: running, completed, failed … */
  job(name: string, state = ''): Locator {
    return this.pane.getByRole('treeitem', { name: lineStart('Job', name, state) });
  }

  operation(name: string, state = ''): Locator {
    return this.pane.getByRole('treeitem', { name: lineStart('Operation', name, state) });
  }

  /** The operations under a job and the words for how they are, from the top, as far as they are on the screen. */
  async operations(jobName: string): Promise<{ name: string; state: string }[]> {
    const lines = await this.pane.getByRole('treeitem').evaluateAll((rows: Row[]) =>
      rows
        .map((row) => ({
          index: Number(row.getAttribute('data-index')),
          label: row.getAttribute('aria-label'),
        }))
        .sort((a, b) => a.index - b.index)
        .map(({ label }) => label ?? ''),
    );
    const first = lines.findIndex((line) => line.startsWith(`Job ${jobName}, `)) + 1;
    const next = lines.findIndex((line, index) => index >= first && line.startsWith('Job '));
    const operations = lines.slice(first, next === -1 ? undefined : next);
    return operations.map((line) => {
      const [name = '', state = ''] = line.replace(/^Operation /, '').split(', ');
      return { name, state };
    });
  }

  /** Opens a line, however often the tree, which restores itself after a reload, answers the click by closing it. */
  async expand(row: Locator): Promise<void> {
    const isExpanded = async (): Promise<boolean> => (await row.getAttribute('aria-expanded')) === 'true';
    const deadline = performance.now() + uiTimeoutMs;
    while (!(await isExpanded())) {
      if (performance.now() > deadline) throw new Error('the line does not stay open');
      await row.locator('.monaco-tl-twistie').click();
      await this.page.waitForTimeout(settleMs);
    }
  }

  /** Presses a button that a line shows under the pointer. */
  async press(row: Locator, title: string): Promise<void> {
    await row.hover();
    await row.locator(`.actions a[aria-label="${title}"]`).click();
  }

  /** Chooses from the menu of a line. A menu that is younger than 100 ms takes no click (the one that opened it might end on it). */
  async choose(row: Locator, title: string): Promise<void> {
    const deadline = performance.now() + uiTimeoutMs;
    const menu = this.page.locator('.monaco-menu');
    await row.click({ button: 'right' });
    const item = menu.locator('.action-item').getByText(title, { exact: true });
    await item.click();
    while (await menu.isVisible()) {
      if (performance.now() > deadline) throw new Error(`the menu does not take ${title}`);
      // The menu may close between the look and the click: then the click is not needed.
      await item.click({ timeout: settleMs }).catch(() => undefined);
    }
  }
}

function lineStart(kind: string, name: string, state: string): RegExp {
  return new RegExp(`^${kind} ${escapeRegExp(name)}, ${state}`);
}
