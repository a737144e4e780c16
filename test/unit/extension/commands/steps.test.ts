import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Dismissed } from '../../../../extension/commands/failures/refusal.ts';

/** What VS Code's boxes do, without a screen. */
class FakeBox {
  title = '';
  step: number | undefined;
  prompt = '';
  placeholder: string | undefined;
  value = '';
  validationMessage: string | undefined;
  canSelectMany = false;
  busy = false;
  ignoreFocusOut = false;
  password = false;
  buttons: unknown[] = [];
  items: { label: string; value?: unknown }[] = [];
  activeItems: unknown[] = [];
  selectedItems: unknown[] = [];
  isDisposed = false;
  readonly #listeners: Record<string, ((argument?: unknown) => void)[]> = {};
  readonly on = (event: string) => (listener: (argument?: unknown) => void) => {
    (this.#listeners[event] ??= []).push(listener);
    return { dispose: () => undefined };
  };
  readonly onDidAccept = this.on('accept');
  readonly onDidHide = this.on('hide');
  readonly onDidTriggerButton = this.on('button');
  readonly onDidChangeValue = this.on('value');
  emit(event: string, argument?: unknown): void {
    for (const listener of this.#listeners[event] ?? []) listener(argument);
  }
  show(): void {
    shown.push(this);
  }
  dispose(): void {
    this.isDisposed = true;
    this.emit('hide');
  }
  /** Enter on the line with this label. */
  choose(...labels: string[]): void {
    this.selectedItems = this.items.filter(({ label }) => labels.includes(label));
    this.emit('accept');
  }
  type(text: string): void {
    this.value = text;
    this.emit('value', text);
    this.emit('accept');
  }
}
const shown: FakeBox[] = [];
const back = { back: true };
vi.mock('vscode', () => ({
  window: { createQuickPick: () => new FakeBox(), createInputBox: () => new FakeBox() },
  QuickInputButtons: { Back: back },
}));
const { askOnce, runSteps } = await import('../../../../extension/commands/ui/steps.ts');

/** The box of the question number so and so, once it is there and has its lines. */
function box(number: number): Promise<FakeBox> {
  return vi.waitFor(() => {
    const found = shown[number];
    if (found === undefined || found.busy) throw new Error(`no question ${number}`);
    return found;
  });
}

const lines = (...labels: string[]) => labels.map((label) => ({ label, value: label }));

beforeEach(() => {
  shown.length = 0;
});

describe('steps', () => {
  it('ask one after the other and can go back, past steps that asked nothing', async () => {
    const said: string[] = [];
    const running = runSteps('Title', async (ask) => {
      said.push(`first ${await ask.pick({ placeholder: 'First', items: lines('a', 'b') })}`);
      return async () => {
        said.push('silent');
        return async (again) => {
          said.push(`third ${await again.input({ prompt: 'Third' })}`);
          return undefined;
        };
      };
    });
    const first = await box(0);
    expect(first).toMatchObject({ title: 'Title', step: undefined, buttons: [] });
    first.choose('a');
    const third = await box(1);
    expect(third).toMatchObject({ title: 'Title', step: 2, buttons: [back] });
    third.emit('button', back);
    (await box(2)).choose('b');
    (await box(3)).type('end');
    await running;
    expect(said).toEqual(['first a', 'silent', 'first b', 'silent', 'third end']);
    expect(shown.every(({ isDisposed }) => isDisposed)).toBe(true);
  });

  it('end where a person presses Escape, and do not go on', async () => {
    const next = vi.fn();
    const running = runSteps('Title', async (ask) => {
      await ask.pick({ placeholder: 'First', items: lines('a') });
      next();
      return undefined;
    });
    (await box(0)).emit('hide');
    await expect(running).rejects.toBeInstanceOf(Dismissed);
    expect(next).not.toHaveBeenCalled();
  });

  it('pass on what goes wrong while lines are fetched', async () => {
    const items = Promise.reject(new Error('no connection'));
    await expect(askOnce('Title', (ask) => ask.pick({ placeholder: 'First', items }))).rejects.toThrow(
      'no connection',
    );
  });
});

describe('a question', () => {
  it('suggests a line and takes no separator for an answer', async () => {
    const items = [{ label: 'group', kind: -1 }, ...lines('a', 'b')];
    const answer = askOnce('Title', (ask) =>
      ask.pick<string>({ placeholder: 'First', items, active: (value) => value === 'b' }),
    );
    const asked = await box(0);
    expect(asked.activeItems).toEqual([items[2]]);
    asked.choose('group');
    expect(asked.isDisposed).toBe(false);
    asked.choose('a');
    expect(await answer).toBe('a');
  });

  it('about several lines says so while none is ticked', async () => {
    const answer = askOnce('Title', (ask) =>
      ask.pickMany({
        placeholder: 'First',
        items: lines('a', 'b', 'c'),
        picked: (value) => value !== 'b',
        nothingPicked: 'Tick one',
      }),
    );
    const asked = await box(0);
    expect(asked.selectedItems).toEqual(lines('a', 'c'));
    asked.choose();
    expect(asked).toMatchObject({ placeholder: 'Tick one', isDisposed: false });
    asked.choose('a', 'b');
    expect(await answer).toEqual(['a', 'b']);
  });

  it('about a text takes none that is wrong, and stays while people look elsewhere', async () => {
    const answer = askOnce('Title', (ask) =>
      ask.input({
        prompt: 'Number',
        value: '5',
        isPassword: true,
        validate: (text) => (text === '7' ? null : 'Expected 7'),
      }),
    );
    const asked = await box(0);
    expect(asked).toMatchObject({ value: '5', password: true, ignoreFocusOut: true });
    asked.type('6');
    expect(asked).toMatchObject({ validationMessage: 'Expected 7', isDisposed: false });
    asked.type('7');
    expect(await answer).toBe('7');
  });
});
