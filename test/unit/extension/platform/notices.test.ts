import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FollowUp, Notice } from '../../../../extension/platform/services.ts';
import type { PageNotice } from '../../../../webview/protocol/messages.ts';

const shown: { severity: string; message: string; titles: string[] }[] = [];
const commands: unknown[][] = [];
let pressed: string | undefined;
const tell =
  (severity: string) =>
  (message: string, ...titles: string[]) => {
    shown.push({ severity, message, titles });
    return Promise.resolve(pressed);
  };
vi.mock('vscode', () => ({
  window: {
    showErrorMessage: tell('error'),
    showWarningMessage: tell('warning'),
    showInformationMessage: tell('info'),
  },
  commands: {
    executeCommand: (...call: unknown[]) => {
      commands.push(call);
      return Promise.resolve();
    },
  },
}));
const { NoticeBoard } = await import('../../../../extension/platform/notices.ts');

const errors: unknown[] = [];
const page = {
  isShown: true,
  shown: [] as PageNotice[],
  show: (notice: PageNotice) => void page.shown.push(notice),
};
const followUp: FollowUp = { title: 'Show Log', command: 'ombudsman.showLog', args: [1] };
const notice: Notice = { severity: 'warning', message: 'Something', followUps: [followUp] };
let board: InstanceType<typeof NoticeBoard>;
const logged: string[] = [];

beforeEach(() => {
  shown.length = commands.length = errors.length = page.shown.length = 0;
  pressed = undefined;
  page.isShown = true;
  logged.length = 0;
  board = new NoticeBoard({
    error: (error: unknown) => void errors.push(error),
    info: (line: string) => void logged.push(line),
  });
});

describe('a notice', () => {
  it('stands in VS Code while there is no dashboard, and a button does its command', async () => {
    pressed = 'Show Log';
    board.show(notice);
    expect(shown).toEqual([{ severity: 'warning', message: 'Something', titles: ['Show Log'] }]);
    await vi.waitFor(() => expect(commands).toEqual([['ombudsman.showLog', 1]]));
  });

  it('stands in the dashboard while that is seen, and nowhere else', () => {
    board.attach(page);
    board.show(notice);
    expect(shown).toEqual([]);
    expect(page.shown).toMatchObject([
      { severity: 'warning', text: 'Something', job_id: null, actions: ['Show Log'] },
    ]);
  });

  it('stands in VS Code while the dashboard is hidden, and once it is closed', () => {
    const attached = board.attach(page);
    page.isShown = false;
    board.show(notice);
    page.isShown = true;
    attached.dispose();
    board.show(notice);
    expect([shown.length, page.shown.length]).toEqual([2, 0]);
  });

  it('that nobody read in the dashboard stands in the log once that is hidden, and only once', () => {
    board.attach(page);
    board.show(notice);
    board.show({ ...notice, message: 'Read' });
    board.show({ ...notice, message: 'Pressed' });
    board.read(page.shown[1]?.notice_id ?? -1);
    board.act(page.shown[2]?.notice_id ?? -1, 0);
    board.pageHidden();
    board.pageHidden();
    expect(shown).toEqual([]);
    expect(logged).toEqual(['Not read in the dashboard: Something']);
  });

  it('of a panel that was closed does not take away the place of the next one', () => {
    const first = board.attach({ isShown: false, show: () => undefined });
    board.attach(page);
    first.dispose();
    board.show(notice);
    expect(page.shown).toHaveLength(1);
  });

  it('a button that is pressed in the dashboard does what it says, and no other', async () => {
    const ran: string[] = [];
    board.attach(page);
    const own: FollowUp = { title: 'Own', run: async () => void ran.push('own') };
    board.show({ ...notice, followUps: [followUp, own] });
    const id = page.shown[0]?.notice_id ?? 0;
    board.act(id, 1);
    board.act(id, 2);
    board.act(id + 1, 0);
    expect(ran).toEqual(['own']);
    expect(commands).toEqual([]);
    board.act(id, 0);
    expect(commands).toEqual([['ombudsman.showLog', 1]]);
  });

  it('of one job is viewed in the dashboard itself; what else there is to do stays', () => {
    board.attach(page);
    const titles = ['ombudsman.showJob', 'ombudsman.showFailures', 'ombudsman.retryFailed'];
    board.show({ ...notice, jobId: 'j', followUps: titles.map((command) => ({ title: command, command })) });
    expect(page.shown[0]).toMatchObject({ job_id: 'j', actions: ['ombudsman.retryFailed'] });
  });

  it('whose button fails is logged', async () => {
    board.attach(page);
    board.show({ ...notice, followUps: [{ title: 'x', run: () => Promise.reject(new Error('no')) }] });
    board.act(page.shown[0]?.notice_id ?? 0, 0);
    await vi.waitFor(() => expect(errors).toMatchObject([{ message: 'no' }]));
  });
});
