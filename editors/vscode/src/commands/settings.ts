// Opens our settings where they are: those of a machine that the window works on from afar are on a page of their own.

import { commands, env } from "vscode";
import { settingsPage } from "../client/own";

/** Opens the page that has the settings which a query finds. */
export async function openSettings(query: string): Promise<void> {
  await commands.executeCommand(settingsPage(query, env.remoteName !== undefined), { query });
}
