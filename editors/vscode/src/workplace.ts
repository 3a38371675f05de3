// Where the extension works: what it reads of the machine to find the server.

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter } from "node:path";
import { Uri, workspace } from "vscode";
import { find, type Found } from "./find/find";
import { activeInterpreter } from "./find/interpreter";

const WINDOWS = process.platform === "win32";

/** Looks for the server on this machine. */
export async function findHere(own: string): Promise<Found> {
  const folder = workspace.workspaceFolders?.find((one) => one.uri.scheme === "file")?.uri;
  return find({
    setting: workspace.getConfiguration("lastmile").get<unknown>("server.path", "") as string,
    trusted: workspace.isTrusted,
    interpreter: () => activeInterpreter(folder),
    path: (process.env.PATH ?? "").split(delimiter),
    own,
    windows: WINDOWS,
    isProgram,
  });
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
