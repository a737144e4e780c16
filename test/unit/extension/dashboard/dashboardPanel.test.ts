import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { Emitter } from '../../../../extension/platform/emitter.ts';
import type { Services } from '../../../../extension/platform/services.ts';
import type { ToPage } from '../../../../webview/protocol/messages.ts';

const inEditor: string[] = [];
const tell = async (message: string) => void inEditor.push(message);
vi.mock('vscode', () => ({
  Uri: { joinPath: (...parts: unknown[]) => parts.join('/') },
  window: { showErrorMessage: tell, showWarningMessage: tell, showInformationMessage: tell },
}));
const { DashboardPanel } = await import('../../../../extension/dashboard/dashboardPanel.ts');
const { NoticeBoard } = await import('../../../../extension/platform/notices.ts');

const fail = (error: unknown): never => {
  throw error;
};

/** The panel as VS Code gives it: hiding it takes the page away, showing it loads the page anew. */
class FakePanel {
  visible = true;
  readonly posted: ToPage[] = [];
  readonly received = new Emitter<unknown>(fail);
  readonly viewState = new Emitter<unknown>(fail);
  readonly disposed = new Emitter<unknown>(fail);
  readonly onDidChangeViewState = this.viewState.event;
  readonly onDidDispose = this.disposed.event;
  iconPath: unknown;
  readonly webview = {
    options: {},
    html: '',
    cspSource: 'https://own',
    asWebviewUri: (uri: unknown) => uri,
    onDidReceiveMessage: this.received.event,
    postMessage: async (message: ToPage) => void this.posted.push(message),
  };

  show(isVisible: boolean): void {
    this.visible = isVisible;
    this.viewState.fire(undefined);
  }
  reveal(): void {
    this.show(true);
  }
  dispose(): void {
    this.visible = false;
    this.disposed.fire(undefined);
  }
}

let board: InstanceType<typeof NoticeBoard>;
const logged: string[] = [];
let panel: FakePanel;
let opened: InstanceType<typeof DashboardPanel>;
const silent = () => ({ dispose: () => undefined });

beforeEach(() => {
  inEditor.length = 0;
  logged.length = 0;
  board = new NoticeBoard({ error: fail, info: (line: string) => void logged.push(line) });
  panel = new FakePanel();
  const services = {
    context: { extensionUri: '/extension' },
    session: {
      state: { name: 'ready' },
      hold: silent,
      onDidChangeState: silent,
      ensure: async () => undefined,
    },
    jobs: { jobs: new Map(), isLoaded: true, onDidChange: silent },
    workspace: {
      contents: undefined,
      onDidChange: silent,
      load: async () => ({ projects: [], batch_files: [] }),
    },
    results: { get: () => undefined, onDidChange: silent },
    notices: board,
    log: { warn: fail },
  } as unknown as Services;
  opened = new DashboardPanel(services, panel as unknown as vscode.WebviewPanel, () => undefined);
});

const notices = () =>
  panel.posted.flatMap((message) => (message.type === 'notice' ? [message.notice.text] : []));
const say = (message: string) => board.show({ severity: 'info', message });

describe('notices while a dashboard is open', () => {
  it('stand in VS Code until the page can take them, then in the page', () => {
    say('early');
    panel.received.fire({ type: 'ready' });
    say('seen');
    expect([inEditor, notices()]).toEqual([['early'], ['seen']]);
  });

  it('stand in VS Code while the panel is hidden, and in the page once that has come back', () => {
    panel.received.fire({ type: 'ready' });
    panel.show(false);
    say('hidden');
    panel.show(true);
    // The page is loading anew: a message to it would be lost.
    say('loading');
    panel.received.fire({ type: 'ready' });
    say('back');
    expect([inEditor, notices()]).toEqual([['hidden', 'loading'], ['back']]);
  });

  it('stand in the log when the panel is hidden or closed before they were read', () => {
    const idOf = (text: string): number => {
      const told = panel.posted.find((each) => each.type === 'notice' && each.notice.text === text);
      return told?.type === 'notice' ? told.notice.notice_id : -1;
    };
    panel.received.fire({ type: 'ready' });
    for (const text of ['read', 'waiting']) say(text);
    panel.received.fire({ type: 'noticeRead', notice_id: idOf('read') });
    expect(logged).toEqual([]);
    panel.show(false);
    expect(logged).toEqual(['Not read in the dashboard: waiting']);
    panel.show(true);
    panel.received.fire({ type: 'ready' });
    say('last');
    opened.dispose();
    expect(logged.at(-1)).toBe('Not read in the dashboard: last');
    expect(inEditor).toEqual([]);
  });

  it('stand in VS Code once it is closed', () => {
    panel.received.fire({ type: 'ready' });
    opened.dispose();
    say('closed');
    expect([inEditor, notices()]).toEqual([['closed'], []]);
  });

  it('a button pressed in the page does what the notice offered', async () => {
    const ran: string[] = [];
    panel.received.fire({ type: 'ready' });
    board.show({
      severity: 'warning',
      message: 'x',
      followUps: [{ title: 'Go', run: async () => void ran.push('go') }],
    });
    const told = panel.posted.at(-1);
    const notice_id = told?.type === 'notice' ? told.notice.notice_id : -1;
    panel.received.fire({ type: 'noticeAction', notice_id, action: 0 });
    await vi.waitFor(() => expect(ran).toEqual(['go']));
  });
});
