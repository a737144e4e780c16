import type { Locator, Page } from 'playwright-core';
import type { QuickInput } from './quickInput.ts';

/** The group of editors. */
export class Editor {
  readonly page: Page;
  readonly quickInput: QuickInput;

  constructor(page: Page, quickInput: QuickInput) {
    this.page = page;
    this.quickInput = quickInput;
  }

  /** Opens a file of the workspace by its name. */
  async open(name: string): Promise<void> {
    await this.quickInput.find('Control+p', name, name);
    await this.tab(name).waitFor();
  }

  tab(name: string | RegExp): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: name });
  }

  /** A code lens by how its text begins. */
  lens(text: string): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: new RegExp(`^\\W*${text}`) }).first();
  }

  get lenses(): Locator {
    return this.page.locator('.codelens-decoration a');
  }

  /** The lines on the screen; the editor draws no others. */
  async visibleText(): Promise<string> {
    const lines = this.page.locator('.editor-group-container.active .view-lines .view-line');
    return (await lines.allTextContents()).join('\n').replaceAll('\u00a0', ' ');
  }
}
