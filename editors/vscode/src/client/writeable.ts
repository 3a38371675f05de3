// Read-only files: the person is asked before anything is drafted for one, in one message that can take that off it.

import { constants } from "node:fs";
import { access, chmod, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { commands, languages, RelativePattern, Uri, window, workspace, type TextDocument } from "vscode";
import type { WorkspaceEdit } from "vscode-languageserver-protocol";
import { Foreseen } from "./foreseen";
import { lockOf, type InSettings, type Lock, type OnDisk } from "./locks";
import { urisOf } from "./weigh";

const OPEN = "Make it writeable";
const ANYWAY = "Edit it all the same";
const SHOW = "Show the folder";
const OWNER = 0o200;

/** Knows which read-only files are to be edited all the same. */
export class Writeable {
  readonly #allowed = new Set<string>();
  readonly #foreseen = new Foreseen();

  /** Begins to look whether a file may be edited, for whoever may ask in a moment; nobody is asked. */
  foresee(uri: Uri): void {
    const free = onDisk(uri.fsPath).then((disk) => disk !== undefined && lockOf(disk, inSettings(uri)) === undefined);
    this.#foreseen.take(uri.toString(), free.catch(() => false)); // whoever asks finds out what is wrong
  }

  /** Tells whether a file may be edited, or made; the person is asked where it is read-only. Closing that is a no. */
  async may(uri: Uri): Promise<boolean> {
    if (uri.scheme !== "file" || this.#allowed.has(uri.toString())) {
      return true; // what has no file yet can be written anywhere
    }
    if (await this.#foreseen.isFree(uri.toString())) {
      return true;
    }
    const disk = await onDisk(uri.fsPath);
    if (disk === undefined) {
      return mayMake(uri);
    }
    const lock = lockOf(disk, inSettings(uri));
    const came = lock === undefined ? "off" : await ask(uri, lock, disk.mode);
    if (came === "passed") {
      this.#allowed.add(uri.toString());
    }
    return came !== "holds";
  }

  /** Has the read-only editor of a file made writeable, where the person wants that; tells whether it is. */
  async open(uri: Uri): Promise<boolean> {
    if ((await window.showWarningMessage(`${basename(uri.path)} is read-only.`, OPEN)) !== OPEN) {
      return false;
    }
    await openInFront(uri);
    this.#allowed.add(uri.toString());
    return true;
  }

  /** Tells whether all files of an edit may be edited; `asked` is the one that was asked about already. */
  async all(edit: WorkspaceEdit, asked?: string): Promise<boolean> {
    for (const uri of urisOf(edit)) {
      if (uri !== asked && !(await this.may(Uri.parse(uri)))) {
        return false;
      }
    }
    return true;
  }
}

/** What came of a lock: it is off the disk, it is passed over, or it holds. */
type Came = "off" | "passed" | "holds";

/** Asks about a read-only file, and takes that off it where the person wants that. */
async function ask(uri: Uri, lock: Lock, mode: number): Promise<Came> {
  const message = `${basename(uri.fsPath)} is read-only ${lock.why}.`;
  const chosen = await window.showWarningMessage(message, ...(lock.opens ? [OPEN] : []), ANYWAY);
  if (chosen === OPEN && lock.by === "disk") {
    return chmod(uri.fsPath, mode | OWNER).then(() => "off", (error: unknown) => askAgain(uri, error));
  }
  if (chosen === OPEN) {
    await openInFront(uri);
  }
  return chosen === undefined ? "holds" : "passed";
}

/** Asks about a read-only file that could not be made writeable. */
async function askAgain(uri: Uri, error: unknown): Promise<Came> {
  const why = error instanceof Error ? error.message : String(error);
  const message = `${basename(uri.fsPath)} could not be made writeable: ${why}`;
  return (await window.showWarningMessage(message, ANYWAY)) === ANYWAY ? "passed" : "holds";
}

async function openInFront(uri: Uri): Promise<void> {
  await window.showTextDocument(uri); // the command is about the editor in front
  await commands.executeCommand("workbench.action.files.setActiveEditorWriteableInSession");
}

/** Tells whether a file can be made; where its folder may not be written, the person is told. */
async function mayMake(uri: Uri): Promise<boolean> {
  const folder = dirname(uri.fsPath);
  if (lockOf(await onDisk(folder), NOTHING_SET) === undefined) {
    return true; // a folder that is not there is made too
  }
  const message = `${basename(uri.fsPath)} cannot be made: its folder may not be written.`;
  if ((await window.showWarningMessage(message, SHOW)) === SHOW) {
    await commands.executeCommand("revealInExplorer", uri.with({ path: dirname(uri.path) }));
  }
  return false;
}

/** Looks at a file or folder; gives nothing where there is none. */
async function onDisk(path: string): Promise<OnDisk | undefined> {
  const writing = access(path, constants.W_OK).then(() => true, () => false);
  const [found, mayWrite] = await Promise.all([stat(path).catch(() => undefined), writing]);
  if (found === undefined) {
    return undefined;
  }
  const person = process.getuid?.();
  return { mode: found.mode, mayWrite, isOwn: person === undefined || person === 0 || person === found.uid };
}

const NOTHING_SET: InSettings = { included: false, excluded: false, fromPermissions: false };

function inSettings(uri: Uri): InSettings {
  const set = workspace.getConfiguration("files", uri);
  const document = workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  const holds = (name: string): boolean => document !== undefined && matches(set.get<unknown>(name), document);
  return {
    included: holds("readonlyInclude"),
    excluded: holds("readonlyExclude"),
    fromPermissions: set.get<unknown>("readonlyFromPermissions") === true,
  };
}

/** Tells whether one of a setting's globs is for a document, by its path or by its way from the workspace folder. */
function matches(globs: unknown, document: TextDocument): boolean {
  const on = Object.entries(typeof globs === "object" && globs !== null ? globs : {}).filter(([, value]) => value === true);
  const folder = workspace.getWorkspaceFolder(document.uri);
  return on.some(([glob]) => {
    const patterns = [glob, ...(folder === undefined ? [] : [new RelativePattern(folder, glob)])];
    return patterns.some((pattern) => languages.match({ pattern }, document) > 0);
  });
}
