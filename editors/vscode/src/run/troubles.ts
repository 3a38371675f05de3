// What can go wrong around the server, in words, with the buttons that help. Values alone.

import { buttonsFor, together } from "../client/messages";
import type { Server } from "../find/find";
import type { Button, Trouble } from "../tell";

const LOG: Button = { title: "Show the log", command: "lastmile.showLog" };
const RESTART: Button = { title: "Restart", command: "lastmile.restart" };
const INSTALL: Button = { title: "Install it for me", command: "lastmile.install" };
const EXTENSIONS: Button = { title: "Show the extensions", command: "workbench.action.showEnabledExtensions" };
const MODEL: Button = { title: "Choose a model", command: "lastmile.chooseModel" };
const KEY: Button = { title: "Set the API key", command: "lastmile.setKey" };
const PAID: Button = { title: "Paid tiers…", command: "lastmile.choosePaid" };
const CHOOSE: Button = {
  title: "Choose a program",
  command: "lastmile.openSettings",
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
export function crashing({ command, isNamed }: Pick<Server, "command" | "isNamed">): Trouble {
  const other = isNamed ? CHOOSE : INSTALL;
  return { message: `Lastmile's server ends by itself, again and again: ${command}.`, buttons: [RESTART, LOG, other] };
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
  const buttons = buttonsFor(why);
  return { message: `Lastmile: ${why}`, buttons: buttons.length > 0 ? buttons : [LOG] };
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

/** Another client came later, and shows everything a second time. */
export function twiceShown(): Trouble {
  return {
    message: "Another extension seems to run Lastmile's server in this window too: what it finds is shown twice. Switch one of the two off.",
    buttons: [EXTENSIONS],
  };
}

/** Nobody can follow an instruction in words. */
export function nobodyFollows(off: string, paid: string): Trouble {
  const pay = paid === "never" ? [PAID] : off.includes("no API key") ? [KEY] : [];
  return { message: `No tier can follow an instruction now: ${off}.`, buttons: [MODEL, ...pay] };
}

/** The editor is in a language, or on a file system, that the server is told nothing of. */
export function notServed(name: string): Trouble {
  return {
    message: `Lastmile follows instructions in Python, JSON, TOML and YAML files of this machine; ${name} is none.`,
    buttons: [{ title: "Open a file", command: "workbench.action.quickOpen" }],
  };
}

/** Settings are not as they must be. */
export function misset(lines: readonly string[]): Trouble {
  const message = together(lines);
  return { message, buttons: buttonsFor(message) };
}

/** It is not there yet. */
export function starting(): Trouble {
  return { message: "Lastmile's server is starting; ask again in a moment.", buttons: [LOG] };
}

/** It lacks what this extension calls. */
export function old(version: string | undefined, least: string, { command, isNamed }: Pick<Server, "command" | "isNamed">): Trouble {
  const named = version === undefined ? "says no version" : `is version ${version}`;
  return {
    message: `Lastmile's server ${named}, and this extension needs ${least} or later: ${command}.`,
    buttons: isNamed ? [CHOOSE, RESTART] : [INSTALL, CHOOSE],
  };
}

/** Another window is making the environment. */
export function installedElsewhere(): Trouble {
  return { message: "Another window is installing Lastmile's server just now. Restart it here when that is done.", buttons: [RESTART] };
}

/** An environment could not be made. */
export function notInstalled(why: string): Trouble {
  return { message: `Lastmile could not be installed: ${why}`, buttons: [{ ...INSTALL, title: "Try again" }, LOG] };
}
