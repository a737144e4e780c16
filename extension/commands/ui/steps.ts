import * as vscode from 'vscode';
import { Dismissed } from '../failures/refusal.ts';

export interface PickItem<T> extends vscode.QuickPickItem {
  /** Undefined for separators. */
  readonly value?: T;
}

export interface PickQuestion<T> {
  readonly placeholder: string;
  readonly items: readonly PickItem<T>[] | Promise<readonly PickItem<T>[]>;
  /** What is chosen if Enter is pressed at once. */
  readonly active?: (value: T) => boolean;
}

export interface PickManyQuestion<T> extends PickQuestion<T> {
  readonly picked?: (value: T) => boolean;
  /** Said while nothing is ticked. */
  readonly nothingPicked: string;
}

export interface InputQuestion {
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly isPassword?: boolean;
  /** What is wrong with the text, or null. */
  readonly validate?: (text: string) => string | null;
}

/** One question at a time; each throws Dismissed at Escape. */
export interface Questions {
  pick<T>(question: PickQuestion<T>): Promise<T>;
  pickMany<T>(question: PickManyQuestion<T>): Promise<T[]>;
  input(question: InputQuestion): Promise<string>;
}

/** Asks something and says what comes next; undefined at the end. A step that asks nothing is passed over on the way back. */
export type Step = (ask: Questions) => Promise<Step | undefined>;

class WentBack extends Error {}

/** Runs steps with a button back to the one before. Throws Dismissed if a person leaves. */
export async function runSteps(title: string, first: Step): Promise<void> {
  const asked: Step[] = [];
  let step: Step | undefined = first;
  while (step !== undefined) {
    const current: Step = step;
    const asker = new Asker(title, asked.length);
    try {
      step = await current(asker);
      if (asker.hasAsked) asked.push(current);
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      step = asked.pop();
    }
  }
}

/** One question of its own. */
export async function askOnce<T>(title: string, question: (ask: Questions) => Promise<T>): Promise<T> {
  return question(new Asker(title, 0));
}

class Asker implements Questions {
  readonly #title: string;
  readonly #depth: number;
  hasAsked = false;

  constructor(title: string, depth: number) {
    this.#title = title;
    this.#depth = depth;
  }

  async pick<T>(question: PickQuestion<T>): Promise<T> {
    const box = vscode.window.createQuickPick<PickItem<T>>();
    return this.#show(box, async (settle) => {
      prepare(box, question);
      box.onDidAccept(() => {
        const chosen = box.selectedItems[0]?.value;
        if (chosen !== undefined) settle(chosen);
      });
      await fill(box, question);
    });
  }

  async pickMany<T>(question: PickManyQuestion<T>): Promise<T[]> {
    const box = vscode.window.createQuickPick<PickItem<T>>();
    box.canSelectMany = true;
    return this.#show(box, async (settle) => {
      prepare(box, question);
      box.onDidAccept(() => {
        const values = box.selectedItems.flatMap(({ value }) => (value === undefined ? [] : [value]));
        if (values.length > 0) settle(values);
        else box.placeholder = question.nothingPicked;
      });
      await fill(box, question);
      const { picked } = question;
      box.selectedItems = box.items.filter(
        ({ value }) => value !== undefined && picked !== undefined && picked(value),
      );
    });
  }

  async input(question: InputQuestion): Promise<string> {
    const box = vscode.window.createInputBox();
    // People look values up elsewhere, a password manager for one.
    box.ignoreFocusOut = true;
    box.prompt = question.prompt;
    box.value = question.value ?? '';
    box.placeholder = question.placeholder;
    box.password = question.isPassword ?? false;
    const problem = (text: string) => question.validate?.(text) ?? undefined;
    return this.#show(box, async (settle) => {
      box.onDidChangeValue((text) => (box.validationMessage = problem(text)));
      box.onDidAccept(() => {
        box.validationMessage = problem(box.value);
        if (box.validationMessage === undefined) settle(box.value);
      });
    });
  }

  async #show<T>(
    box: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
    open: (settle: (value: T) => void) => Promise<void>,
  ): Promise<T> {
    this.hasAsked = true;
    box.title = this.#title;
    if (this.#depth > 0) {
      box.step = this.#depth + 1;
      box.buttons = [vscode.QuickInputButtons.Back];
    }
    try {
      return await new Promise<T>((resolve, reject) => {
        box.onDidTriggerButton(() => reject(new WentBack()));
        box.onDidHide(() => reject(new Dismissed()));
        open(resolve).catch(reject);
        box.show();
      });
    } finally {
      box.dispose();
    }
  }
}

function prepare<T>(box: vscode.QuickPick<PickItem<T>>, question: PickQuestion<T>): void {
  box.placeholder = question.placeholder;
  box.matchOnDescription = true;
  box.matchOnDetail = true;
}

/** Items that must be fetched first are waited for in the box, which shows that it is busy. */
async function fill<T>(box: vscode.QuickPick<PickItem<T>>, question: PickQuestion<T>): Promise<void> {
  box.busy = true;
  box.items = await question.items;
  box.busy = false;
  const { active } = question;
  const first = active && box.items.find(({ value }) => value !== undefined && active(value));
  if (first !== undefined) box.activeItems = [first];
}
