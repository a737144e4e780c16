import * as vscode from 'vscode';
import { Dismissed } from '../failures/refusal.ts';

/** Asks once, in a dialog, before something that cannot be taken back. Throws Dismissed unless a person agrees. */
export async function confirm(message: string, action: string, detail?: string): Promise<void> {
  await confirmOneOf(message, [action], detail);
}

/** The same with several ways to go on. */
export async function confirmOneOf<A extends string>(
  message: string,
  actions: readonly A[],
  detail?: string,
): Promise<A> {
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...actions);
  const action = actions.find((each) => each === chosen);
  if (action === undefined) throw new Dismissed();
  return action;
}
