// Where the extension works: what it reads of the machine to find the server.

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter } from "node:path";
import { commands, Uri, workspace } from "vscode";
import { find, isWithin, type Found } from "./find/find";
import { activeInterpreter } from "./find/interpreter";
import { isHalf } from "./find/half";
import type { Passed } from "./find/passed";

const WINDOWS = process.platform === "win32";

/** Looks for the server on this machine. */
export async function findHere(own: string, passed: Passed): Promise<Found> {
  const folders = foldersHere();
  return find({
    setting: workspace.getConfiguration("lastmile").get<unknown>("server.path", "") as string,
    trusted: workspace.isTrusted,
    interpreter: () => activeInterpreter(folders[0]),
    path: (process.env.PATH ?? "").split(delimiter),
    folders: folders.map((folder) => folder.fsPath),
    own,
    windows: WINDOWS,
    isProgram: async (path) => (await isProgram(path)) && !(isWithin(path, own) && (await isHalf(own))),
    isPassedOver: (path) => passed.has(path),
  });
}

/** Tells whether a client of somebody else's has the server's commands: each can be had once in a window. */
export async function isServedElsewhere(): Promise<boolean> {
  return (await commands.getCommands(true)).includes("lastmile.apply");
}

/** Gives the workspace folders that are on a disk of this machine. */
export function foldersHere(): Uri[] {
  return (workspace.workspaceFolders ?? []).map((folder) => folder.uri).filter((uri) => uri.scheme === "file");
}

/** Gives the folder of the environment that this extension makes. */
export function ownEnvironment(storage: Uri): string {
  return Uri.joinPath(storage, "environment").fsPath;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, WINDOWS ? constants.F_OK : constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
