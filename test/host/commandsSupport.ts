/** Commands called as the palette calls them, and what they show while they run. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../../extension/platform/services.ts';
import { activate, until } from './support.ts';

export interface Shown {
  readonly severity: 'error' | 'warning' | 'info' | 'status bar';
  readonly text: string;
  readonly isModal: boolean;
  /** Titles of its buttons. */
  readonly buttons: readonly string[];
}

type Box = vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox;
type Window = typeof vscode.window;
const replaced = [
  'showErrorMessage',
  'showWarningMessage',
  'showInformationMessage',
  'showSaveDialog',
  'showOpenDialog',
  'setStatusBarMessage',
  'createQuickPick',
  'createInputBox',
] as const;

type Originals = Pick<Window, (typeof replaced)[number]>;

/**
 * What the extension shows. Messages and dialogs do not reach the screen while this stands; questions do, and are kept here to
 * be answered.
 */
export class Screen {
  readonly shown: Shown[] = [];
  /** Buttons to press in the next dialogs; a dialog without the first of them is dismissed. */
  readonly presses: string[] = [];
  /** The question that is on the screen. */
  box: Box | undefined;
  saveTo: vscode.Uri | undefined;
  openFolder: vscode.Uri | undefined;
  readonly #window: Window;
  readonly #originals: Originals;

  constructor(window: Window) {
    this.#window = window;
    this.#originals = Object.fromEntries(replaced.map((name) => [name, window[name]])) as Originals;
    const { createQuickPick, createInputBox } = this.#originals;
    Object.assign(window, {
      showErrorMessage: this.#listen('error'),
      showWarningMessage: this.#listen('warning'),
      showInformationMessage: this.#listen('info'),
      showSaveDialog: async () => this.saveTo,
      showOpenDialog: async () => this.openFolder && [this.openFolder],
      setStatusBarMessage: (text: string) => {
        this.shown.push({ severity: 'status bar', text, isModal: false, buttons: [] });
        return { dispose: () => undefined };
      },
      createQuickPick: () => this.#watch(createQuickPick()),
      createInputBox: () => this.#watch(createInputBox()),
    });
  }

  /** Messages and dialogs, without what the status bar says. */
  get messages(): readonly Shown[] {
    return this.shown.filter(({ severity }) => severity !== 'status bar');
  }

  get texts(): readonly string[] {
    return this.messages.map(({ text }) => text);
  }

  clear(): void {
    this.shown.length = 0;
    this.presses.length = 0;
    this.saveTo = undefined;
    this.openFolder = undefined;
  }

  restore(): void {
    Object.assign(this.#window, this.#originals);
  }

  #listen(severity: Shown['severity']) {
    return async (text: string, ...rest: unknown[]): Promise<string | undefined> => {
      const options = rest.find((each): each is vscode.MessageOptions => typeof each === 'object');
      const buttons = rest.filter((each): each is string => typeof each === 'string');
      const isModal = options?.modal === true;
      this.shown.push({ severity, text, isModal, buttons });
      return isModal && buttons.includes(this.presses[0] ?? '') ? this.presses.shift() : undefined;
    };
  }

  #watch<B extends Box>(box: B): B {
    const show = box.show.bind(box);
    const dispose = box.dispose.bind(box);
    return Object.assign(box, {
      show: () => {
        this.box = box;
        show();
      },
      dispose: () => {
        if (this.box === box) this.box = undefined;
        dispose();
      },
    });
  }
}

export interface Driven {
  readonly services: Services;
  readonly screen: Screen;
  /** Every command of the manifest. */
  readonly commandIds: readonly string[];
}

/** The extension with its screen in our hands. */
export async function drive(): Promise<Driven> {
  const extension = await activate();
  // The API object that VS Code gives to files below the extension's folder: the one that the extension calls.
  const path = join(extension.extensionPath, 'apiOfTheExtension.cjs');
  writeFileSync(path, "module.exports = require('vscode');\n");
  const api = createRequire(path)(path) as typeof vscode;
  const { contributes } = extension.packageJSON as { contributes: { commands: { command: string }[] } };
  return {
    services: (extension.exports as { services: Services }).services,
    screen: new Screen(api.window),
    commandIds: contributes.commands.map(({ command }) => command),
  };
}

/** What to answer, by a part of the question: text, labels to tick, or the label to choose. */
export type Answers = Readonly<Record<string, string | readonly string[]>>;

/** Calls a command and presses Escape at every question. */
export async function dismissing({ screen }: Driven, id: string, ...args: unknown[]): Promise<unknown> {
  return during(id, args, async () => {
    if (screen.box !== undefined) await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });
}

/** Calls a command and answers its questions; what is not named gets what the box suggests. */
export async function answering(
  { screen }: Driven,
  answers: Answers,
  id: string,
  ...args: unknown[]
): Promise<unknown> {
  const answered = new Set<Box>();
  return during(id, args, async () => {
    const { box } = screen;
    if (box === undefined || answered.has(box)) return;
    answered.add(box);
    await answer(screen, box, answers);
  });
}

async function answer(screen: Screen, box: Box, answers: Answers): Promise<void> {
  const question = ('items' in box ? box.placeholder : box.prompt) ?? '';
  const given = Object.entries(answers).find(([part]) => question.includes(part))?.[1];
  if (!('items' in box)) {
    if (typeof given === 'string') box.value = given;
  } else {
    const { items } = await until(`lines of “${question}”`, () => box.items.length > 0 && box);
    const wanted = items.filter(({ label }) =>
      [given].flat().some((part) => part !== undefined && label.includes(part)),
    );
    if (given !== undefined && wanted.length === 0)
      throw new Error(`“${question}” has no line ${String(given)}`);
    if (box.canSelectMany && given !== undefined) box.selectedItems = wanted;
    else if (given !== undefined) box.activeItems = wanted.slice(0, 1);
  }
  let isAccepted = false;
  box.onDidAccept(() => (isAccepted = true));
  await until(`an answer to “${question}”`, async () => {
    if (isAccepted || screen.box !== box) return true;
    // What was set travels first: it is sent with the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 10));
    await vscode.commands.executeCommand('quickInput.accept');
    return isAccepted;
  });
}

const deadlineMs = 45_000;
const lookAgainMs = 20;

async function during(
  id: string,
  args: readonly unknown[],
  meanwhile: () => Promise<void>,
): Promise<unknown> {
  let isEnded = false;
  const running = Promise.resolve(vscode.commands.executeCommand(id, ...args)).finally(
    () => (isEnded = true),
  );
  // Told below, to who waits for the command; here it would count as unhandled until then.
  running.catch(() => undefined);
  const end = performance.now() + deadlineMs;
  while (!isEnded) {
    if (performance.now() > end) throw new Error(`${id} did not end`);
    await meanwhile();
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
  return running;
}

/** What a command showed and where it failed to end well. */
export interface Outcome {
  readonly id: string;
  readonly rejection?: string;
  readonly messages: readonly Shown[];
}

/** Calls every command as the palette does, dismissing all questions. */
export async function callEveryCommand(
  driven: Driven,
  before: () => Promise<void> = async () => undefined,
): Promise<Outcome[]> {
  // The end of a job is told when it comes, whatever command runs at that moment.
  await setJobEndNotices(driven, 'never');
  try {
    return await callThemAll(driven, before);
  } finally {
    await setJobEndNotices(driven, undefined);
  }
}

async function setJobEndNotices({ services }: Driven, value: 'never' | undefined): Promise<void> {
  const target = vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration('ombudsman').update('notifications.jobEnd', value, target);
  await until('the setting of notices', () => services.settings.notifyAtEnd === (value ?? 'always'));
}

async function callThemAll(driven: Driven, before: () => Promise<void>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const id of driven.commandIds) {
    await before();
    driven.screen.clear();
    const rejection = await dismissing(driven, id).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    outcomes.push({ id, rejection, messages: [...driven.screen.messages] });
    // A dashboard that is seen would take the messages of the next ones.
    await closeAllEditors();
  }
  driven.screen.clear();
  return outcomes;
}

async function closeAllEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await until('no editor', () => vscode.window.tabGroups.all.every(({ tabs }) => tabs.length === 0));
}

/** Those that rejected, that showed more than one message, or one that does not tell what to do in whole sentences. */
export function faultsOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ id, rejection, messages }) => {
    const texts = messages.map(({ text }) => text);
    return [
      ...(rejection === undefined ? [] : [`${id} rejected: ${rejection}`]),
      ...(messages.length > 1 ? [`${id} showed ${messages.length} messages: ${texts.join(' | ')}`] : []),
      ...texts.filter((text) => !/^[^a-z\s].*[.?)]$/s.test(text)).map((text) => `${id} says: ${text}`),
      ...texts
        .filter((text) => /undefined|null|\[object|” failed: /.test(text))
        .map((text) => `${id} says: ${text}`),
    ];
  });
}

/** The commands that said nothing, or something with this button. */
export function commandsWith(outcomes: readonly Outcome[], button: string | null): string[] {
  return outcomes
    .filter(({ messages }) =>
      button === null ? messages.length === 0 : messages.some(({ buttons }) => buttons.includes(button)),
    )
    .map(({ id }) => id);
}

/** Waits until this file is in the editor: `vscode.open` tells of it later than it opens it. */
export async function untilShown(path: string): Promise<void> {
  await until(`${path} in the editor`, () => vscode.window.activeTextEditor?.document.fileName === path);
}

/** Closes all editors and waits until the workspace has just so many projects: an open file counts as a project's. */
export async function closeEditors({ services }: Driven, projects: number): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await until(`${projects} projects`, async () => {
    return (await services.workspace.load()).projects.length === projects;
  });
}
