import type { Locator, Page } from 'playwright-core';
import { Editor } from './editor.ts';
import { JobsView } from './jobsView.ts';
import { QuickInput } from './quickInput.ts';
import { uiTimeoutMs } from './support.ts';

/** A window of VS Code, as somebody sees it who sits before it. */
export class Workbench {
  readonly page: Page;
  readonly jobs: JobsView;
  readonly editor: Editor;
  readonly quickInput: QuickInput;

  constructor(page: Page) {
    page.setDefaultTimeout(uiTimeoutMs);
    this.page = page;
    this.jobs = new JobsView(page);
    this.quickInput = new QuickInput(page);
    this.editor = new Editor(page, this.quickInput);
  }

  /** The window has started and knows our extension. */
  async ready(): Promise<void> {
    await this.jobs.icon.waitFor();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /**
   * Goes to another window, at which VS Code puts away how its editors are (else a minute may pass), and comes back; again until
   * this text is among what it has put away. Each time it stays for two frames: a page that is not seen has none, and a webview
   * says what to keep in one. The focus is taken out of the webview: VS Code does not see it leave from in there.
   */
  async leaveUntilKept(text: string): Promise<void> {
    await this.showJobs();
    const session = await this.page.context().newCDPSession(this.page);
    // Else every page believes that it has the focus.
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    const other = await this.page.context().newPage();
    const deadline = performance.now() + uiTimeoutMs;
    const looks = 10;
    for (let look = 0; !(await this.page.evaluate<boolean>(isKept(text))); look += 1) {
      if (performance.now() > deadline) throw new Error(`VS Code does not keep ${text}`);
      if (look % looks === 0) {
        await this.page.bringToFront();
        await this.page.waitForFunction('document.hasFocus()');
        await this.page.evaluate(twoFrames);
        await other.bringToFront();
      }
    }
    await other.close();
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: true });
    await session.detach();
  }

  /** Not by the icon, which hides what is shown: a window brings its views back at some moment after its start. */
  async showJobs(): Promise<void> {
    await this.command('Ombudsman: Focus on Jobs View');
    await this.jobs.pane.waitFor();
  }

  /** Runs a command from the palette by its title, `Ombudsman: Doctor` for one. */
  async command(title: string): Promise<void> {
    await this.quickInput.find('F1', `>${title}`, title);
  }

  /** Grants trust as the banner of Restricted Mode offers it. */
  async trustWorkspace(): Promise<void> {
    await this.page.locator('.part.banner').getByText('Manage').click();
    const editor = this.page.locator('.workspace-trust-editor');
    await editor.getByRole('button', { name: 'Trust', exact: true }).click();
    await this.page.locator('.part.banner').waitFor({ state: 'hidden' });
    // It lies over the whole window.
    await this.page.locator('.monaco-modal-editor-block .codicon-close').click();
    await editor.waitFor({ state: 'hidden' });
  }

  /** A notice at the bottom right; hidden ones are not found. */
  notice(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  async answerNotice(text: string | RegExp, button: string): Promise<void> {
    await this.notice(text).getByRole('button', { name: button, exact: true }).click();
  }

  /** Answers the modal question that is on the screen. */
  async answerDialog(button: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box').getByRole('button', { name: button, exact: true }).click();
  }

  /** Our one item of the status bar. */
  get statusItem(): Locator {
    return this.page.locator('.statusbar-item[id^="ombudsman.ombudsman-batch-operations"]');
  }
}

const twoFrames = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))';

/** Looks through the browser's databases, which is where a VS Code in a browser keeps its state. */
function isKept(text: string): string {
  return `(async () => {
    const answer = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const { name } of await indexedDB.databases()) {
      const database = await answer(indexedDB.open(name));
      try {
        for (const store of database.objectStoreNames) {
          const values = await answer(database.transaction(store).objectStore(store).getAll());
          if (values.some((value) => typeof value === 'string' && value.includes(${JSON.stringify(text)}))) return true;
        }
      } finally {
        database.close();
      }
    }
    return false;
  })()`;
}
