import { dirname, join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { exactly, uiTimeoutMs } from './support.ts';

const searchAgainMs = 3_000;

/** The input at the top of the window: palette, picks, questions, and paths of files. */
export class QuickInput {
  readonly page: Page;
  readonly widget: Locator;

  constructor(page: Page) {
    this.page = page;
    this.widget = page.locator('.quick-input-widget:visible');
  }

  get input(): Locator {
    return this.widget.locator('.quick-input-filter input');
  }

  async type(text: string): Promise<void> {
    await this.input.fill(text);
  }

  /** The text of the first line of a row is its label. */
  row(label: string): Locator {
    return this.widget
      .locator('.quick-input-list .monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) });
  }

  async pick(label: string): Promise<void> {
    await this.row(label).first().click();
  }

  /**
   * Opens the palette or the list of files by its key and picks from what it finds. A list knows what there was when it was
   * opened: for what comes a little later, a new file or a command of an extension on its way, it is opened again. So it is if
   * something that takes the focus a little later, a webview that has just been opened for one, closes it.
   */
  async find(key: string, text: string, label: string): Promise<void> {
    const deadline = performance.now() + uiTimeoutMs;
    const isFound = (): Promise<boolean> =>
      this.input
        .fill(text, { timeout: searchAgainMs })
        .then(() => this.row(label).first().waitFor({ timeout: searchAgainMs }))
        .then(
          () => true,
          () => false,
        );
    for (;;) {
      await this.page.keyboard.press(key);
      if (await isFound()) break;
      if (performance.now() > deadline) throw new Error(`${label} is not found`);
      await this.page.keyboard.press('Escape');
    }
    await this.pick(label);
  }

  /**
   * Answers the question for a file with another name in the folder that it proposes; returns the path. In another folder the
   * dialog would first have to look around: an Enter that comes meanwhile is not taken.
   */
  async saveAs(name: string, proposal: string): Promise<string> {
    const deadline = performance.now() + uiTimeoutMs;
    let proposed = '';
    while (!proposed.includes(proposal)) {
      if (performance.now() > deadline) throw new Error(`no file like ${proposal} was proposed`);
      proposed = await this.input.inputValue();
    }
    const path = join(dirname(proposed), name);
    await this.type(path);
    await this.accept();
    await this.widget.waitFor({ state: 'hidden' });
    return path;
  }

  /** Takes what is typed, or the row that is chosen. */
  async accept(): Promise<void> {
    await this.input.press('Enter');
  }
}
