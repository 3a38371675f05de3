// The buttons of the server's messages: it has none to give by itself. And its messages about settings, line by line.

import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Button } from "../tell";

const LEAD = /^\d+ settings make no sense:\n/;
/** The server's last line, where it has more to say than it names. */
const MORE = /^And (\d+) more, /;
const OF_EDITOR = /(?:^|\n|\(\d+\) )(?:the editor(?:'s settings)?: "([\w.<>-]+)"|lastmile\.([\w.]+) must be)/g;
const OF_FILE = /(?:^|\n|\(\d+\) )((?:\/|[A-Za-z]:[\\/])[^\n]*?\.toml): /g;
/** What no button can open: a variable, and what the server does not name. */
const OF_OTHER = /(?:^|\n|\(\d+\) )LASTMILE_\w+ |\nAnd \d+ more, /;
const ONE = /^the editor(?:'s settings)?: |^(?:\/|[A-Za-z]:[\\/])[^\n]*?\.toml: |^LASTMILE_\w+ /;

/** Why an edit was not applied that the person was asked about, or told of, by us. */
export const ANSWERED = "you were asked about it";

/** Tells whether the server only says again what the person has answered or read. */
export function isAnswered(message: string): boolean {
  return message.endsWith(`: ${ANSWERED}.`);
}

/** Gives the buttons that help with a message of the server's; none for most. */
export function buttonsFor(message: string): Button[] {
  const names = [...message.matchAll(OF_EDITOR)].map((found) => `lastmile.${found[1] ?? found[2] ?? ""}`);
  const files = new Set([...message.matchAll(OF_FILE)].map((found) => found[1] ?? ""));
  return [
    ...(names.length === 0 ? [] : [openSettings(names)]),
    ...[...files].map((file) => openFile(file, files.size === 1)),
    ...(OF_OTHER.test(message) ? [{ title: "Show what works here", command: "lastmile.showDoctor" }] : []),
    ...(message.includes("no API key in") ? [{ title: "Set the API key", command: "lastmile.setKey" }] : []),
    ...(message.startsWith("Lastmile cannot lint: ") ? [openSettings(["lastmile.ruff.path", "lastmile.ruff.timeout"])] : []),
  ];
}

/** Takes a message about settings apart; nothing where it is about something else. */
export function aboutSettings(message: string): string[] | undefined {
  if (LEAD.test(message)) {
    return message.replace(LEAD, "").split("\n").map((line) => line.replace(/^\(\d+\) /, ""));
  }
  return ONE.test(message) ? [message] : undefined;
}

/** Puts what is wrong with settings into one message; a line that counts more comes last, without a number. */
export function together(lines: readonly string[]): string {
  const [first] = lines;
  if (first === undefined || lines.length === 1) {
    return first ?? "";
  }
  const rest = lines.filter((line) => MORE.test(line));
  const named = lines.filter((line) => !MORE.test(line));
  const numbered = named.map((line, at) => `(${String(at + 1)}) ${line.replace(/\.$/, "")}.`);
  const all = rest.reduce((sum, line) => sum + Number(MORE.exec(line)?.[1]), named.length);
  return [`${String(all)} settings make no sense:`, ...numbered, ...rest].join("\n");
}

function openFile(path: string, isAlone: boolean): Button {
  const title = isAlone ? "Open the file" : `Open ${basename(dirname(path))}/${basename(path)}`; // many have the same name
  return { title, command: "vscode.open", arguments: [pathToFileURL(path).href] };
}

function openSettings(names: readonly string[]): Button {
  const [first] = names;
  const query = names.length === 1 && first !== undefined ? first : `@id:${[...new Set(names)].join(",")}`;
  return { title: "Open settings", command: "lastmile.openSettings", arguments: [query] };
}
