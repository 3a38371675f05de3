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
  const titles = trouble.buttons.map((button) => button.title);
  const chosen = await window.showErrorMessage(trouble.message, ...titles);
  const button = trouble.buttons.find((one) => one.title === chosen);
  if (button !== undefined) {
    await press(button);
  }
}

/** Warns the person, with one button. */
export async function remind(message: string, button: Button): Promise<void> {
  if ((await window.showWarningMessage(message, button.title)) === button.title) {
    await press(button);
  }
}

/** Does what a button says. */
export async function press(button: Button): Promise<void> {
  await commands.executeCommand(button.command, ...(button.arguments ?? []));
}
