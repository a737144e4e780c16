import type { FrameLocator, Locator, Page } from 'playwright-core';

/** What is needed here of the browser's own types, which Node has not. */
interface Place {
  readonly left: number;
  readonly right: number;
}
interface Shown {
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly textContent: string | null;
  getBoundingClientRect(): Place;
  getAttribute(name: string): string | null;
  closest(selector: string): unknown;
}

/** The dashboard in its editor. */
export class Dashboard {
  readonly page: Page;
  /** What VS Code draws of it; while it is hidden there is nothing in it. */
  readonly frame: FrameLocator;

  constructor(page: Page) {
    this.page = page;
    this.frame = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  async choose(tab: string): Promise<void> {
    await this.frame.getByRole('tab', { name: tab }).click();
  }

  async fill(field: string, text: string): Promise<void> {
    await this.frame.getByRole('textbox', { name: field }).fill(text);
  }

  async tick(box: string): Promise<void> {
    await this.frame.getByRole('checkbox', { name: box, exact: true }).click();
  }

  async press(button: string): Promise<void> {
    await this.frame.getByRole('button', { name: button, exact: true }).click();
  }

  /** The name of the job whose details are open. */
  title(name: string): Locator {
    return this.frame.getByRole('heading', { name, exact: true });
  }

  /** The status in the details' head. */
  status(word: string | RegExp): Locator {
    return this.frame.locator('.details-head .chip', { hasText: word });
  }

  /** The line of a job in the grid of Active Jobs or History. */
  job(name: string): Locator {
    return this.frame.locator('[role=row][data-id]', { hasText: name });
  }

  operation(name: string): Locator {
    return this.frame.locator('.operations-list [role=row][data-id]', { hasText: name });
  }

  /** Names of what can be pressed or filled in and does not stand whole within the width, and how far the page scrolls sideways. */
  async overflow(): Promise<{ widthPx: number; sidewaysPx: number; cutOff: string[] }> {
    const [widthPx, sidewaysPx] = await this.frame
      .locator('.panel')
      .evaluate((panel: Shown) => [panel.clientWidth, panel.scrollWidth - panel.clientWidth]);
    const controls = this.frame.locator(
      'button, vscode-button, vscode-text-field, vscode-checkbox, select, input',
    );
    const cutOff = await controls.evaluateAll((all: Shown[], mostPx: number) => {
      const isCut = (control: Shown): boolean => {
        // The bar of tabs scrolls by itself to the tab that is chosen.
        if (control.closest('.tabs') !== null) return false;
        const { left, right } = control.getBoundingClientRect();
        return left < -0.5 || right > mostPx + 0.5;
      };
      return all.filter(isCut).map((each) => each.getAttribute('aria-label') ?? each.textContent ?? '');
    }, widthPx);
    return { widthPx, sidewaysPx, cutOff };
  }
}
