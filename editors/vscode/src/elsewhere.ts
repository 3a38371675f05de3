// Documents that are on no disk of this machine: they are left alone, and the person is told once.

import { commands, window, workspace, type Disposable, type Memento, type TextDocument, type Uri } from "vscode";
import { isElsewhere } from "./client/documents";

const TOLD = "lastmile.toldOfOtherFileSystems";
const OPEN = "Open a folder of this machine";
const ENOUGH = "Do not tell me again";

/** Watches for Python files of other file systems. */
export function watchElsewhere(memory: Memento): Disposable {
  let told = memory.get(TOLD, false);
  const look = (document: TextDocument): void => {
    const { languageId, uri } = document;
    if (!told && languageId === "python" && isElsewhere(uri.scheme, workspace.getWorkspaceFolder(uri) !== undefined)) {
      told = true;
      void tellOf(uri, memory);
    }
  };
  workspace.textDocuments.forEach(look);
  return workspace.onDidOpenTextDocument(look);
}

async function tellOf(uri: Uri, memory: Memento): Promise<void> {
  const message = `Lastmile works on files of the machine that it runs on. This one is in ${uri.scheme}: and is left alone.`;
  const chosen = await window.showInformationMessage(message, OPEN, ENOUGH);
  if (chosen === OPEN) {
    await commands.executeCommand("workbench.action.files.openFolder");
  } else if (chosen === ENOUGH) {
    await memory.update(TOLD, true);
  }
}
