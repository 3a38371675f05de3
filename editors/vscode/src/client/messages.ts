// The buttons of the server's messages: it has none to give by itself.

import type { Button } from "../tell";

/** Gives the button that helps with a message of the server's; none for most. */
export function buttonFor(message: string): Button | undefined {
  const setting = /^the editor(?:'s settings)?: "([\w.<>-]+)"/.exec(message);
  if (setting?.[1] !== undefined) {
    return { title: "Open settings", command: "workbench.action.openSettings", arguments: [`lastmile.${setting[1]}`] };
  }
  return message.includes("no API key in") ? { title: "Set the API key", command: "lastmile.setKey" } : undefined;
}
