// Tells the person about a trouble: one message, with buttons that help.

import { commands, window } from "vscode";

/** What a button does: a command of the editor's with its arguments. */
export interface Button {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

export interface Trouble {
  readonly message: string;
  readonly buttons: readonly Button[];
}

/** Shows the trouble, and does what the chosen button says. */
export async function tell(trouble: Trouble): Promise<void> {
  await show(trouble, window.showErrorMessage);
}

/** Warns the person, and does what the chosen button says. */
export async function remind(trouble: Trouble): Promise<void> {
  await show(trouble, window.showWarningMessage);
}

/** Asks what has to be answered first; no answer is a no. */
export async function agrees(message: string, detail: string, yes: string): Promise<boolean> {
  return (await window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}

/** Does what a button says. */
export async function press(button: Button): Promise<void> {
  await commands.executeCommand(button.command, ...(button.arguments ?? []));
}

type Way = (message: string, ...titles: string[]) => Thenable<string | undefined>;

async function show({ message, buttons }: Trouble, way: Way): Promise<void> {
  const chosen = await way(message, ...buttons.map(({ title }) => title));
  const button = buttons.find(({ title }) => title === chosen);
  if (button !== undefined) {
    await press(button);
  }
}
