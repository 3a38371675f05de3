// What can go wrong around the server, in words, with the buttons that help. Values alone.

import { buttonFor } from "../client/messages";
import type { Button, Trouble } from "../tell";

const LOG: Button = { title: "Show the log", command: "lastmile.showLog" };
const RESTART: Button = { title: "Restart", command: "lastmile.restart" };
const INSTALL: Button = { title: "Install it for me", command: "lastmile.install" };
const EXTENSIONS: Button = { title: "Show the extensions", command: "workbench.action.showEnabledExtensions" };
const CHOOSE: Button = {
  title: "Choose a program",
  command: "workbench.action.openSettings",
  arguments: ["lastmile.server.path"],
};

/** No server is anywhere. */
export function missing(): Trouble {
  return {
    message:
      "Lastmile's server is not installed: neither the active Python environment nor PATH has the program lastmile.",
    buttons: [INSTALL, CHOOSE],
  };
}

/** The setting names no program. */
export function misnamed(path: string): Trouble {
  return { message: `lastmile.server.path is ${path}, and no such program is there.`, buttons: [CHOOSE] };
}

/** It ends as soon as it is started again. */
export function crashing(command: string): Trouble {
  return { message: `Lastmile's server ends by itself, again and again: ${command}.`, buttons: [RESTART, LOG, INSTALL] };
}

/** It does not answer. */
export function silent(command: string): Trouble {
  return { message: `Lastmile's server was started and does not answer: ${command}.`, buttons: [RESTART, LOG] };
}

/** It could not so much as be started. */
export function notStarted(why: string): Trouble {
  return { message: `Lastmile's server could not be started: ${why}`, buttons: [RESTART, LOG] };
}

/** It was asked for something and refused. */
export function refused(why: string): Trouble {
  return { message: `Lastmile: ${why}`, buttons: [buttonFor(why) ?? LOG] };
}

/** No text is at hand: the editor keeps a huge one to itself. */
export function nothingOpen(): Trouble {
  return {
    message:
      "An instruction is for the selection in an open file, and none is at hand. VS Code gives extensions no file of more than 50 MB.",
    buttons: [{ title: "Open a file", command: "workbench.action.quickOpen" }],
  };
}

/** Another client has its commands, and would show everything a second time. */
export function twice(): Trouble {
  return {
    message: "Another extension runs Lastmile's server in this window already, so it is not started a second time. Switch one of the two off.",
    buttons: [EXTENSIONS, RESTART],
  };
}

/** It is not there yet. */
export function starting(): Trouble {
  return { message: "Lastmile's server is starting; ask again in a moment.", buttons: [LOG] };
}

/** It lacks what this extension calls. */
export function old(version: string | undefined, least: string, command: string): Trouble {
  const named = version === undefined ? "says no version" : `is version ${version}`;
  return {
    message: `Lastmile's server ${named}, and this extension needs ${least} or later: ${command}.`,
    buttons: [INSTALL, CHOOSE],
  };
}

/** An environment could not be made. */
export function notInstalled(why: string): Trouble {
  return { message: `Lastmile could not be installed: ${why}`, buttons: [{ ...INSTALL, title: "Try again" }, LOG] };
}
