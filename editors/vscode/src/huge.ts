// Files that the editor gives to no extension for their size: the person is told, once for each in a window.

import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { commands, TabInputText, window, type Disposable, type Memento, type Tab } from "vscode";
import { isServed, MOST_BYTES } from "./client/documents";

const TOLD = "lastmile.toldOfHugeFiles";
const ANOTHER = "Open another file";
const ENOUGH = "Do not tell me again";

/** Watches what is opened. */
export function watchHuge(memory: Memento): Disposable {
  const told = new Set<string>();
  const look = async (tab: Tab): Promise<void> => {
    const uri = tab.input instanceof TabInputText && tab.input.uri.scheme === "file" ? tab.input.uri : undefined;
    if (uri === undefined || told.has(uri.fsPath) || !isServed(uri.path) || memory.get<boolean>(TOLD, false)) {
      return;
    }
    told.add(uri.fsPath); // before anything is waited for: a file in two groups is opened twice at once
    const { size } = await stat(uri.fsPath).catch(() => ({ size: 0 }));
    if (size > MOST_BYTES) {
      await tellOf(basename(uri.fsPath), size, memory);
    } else {
      told.delete(uri.fsPath); // it may grow
    }
  };
  window.tabGroups.all.flatMap(({ tabs }) => tabs).forEach((tab) => void look(tab));
  return window.tabGroups.onDidChangeTabs(({ opened }) => { opened.forEach((tab) => void look(tab)); });
}

async function tellOf(name: string, size: number, memory: Memento): Promise<void> {
  const megabytes = (bytes: number): string => `${String(Math.round(bytes / 1024 / 1024))} MB`;
  const message = `${name} has ${megabytes(size)}, and VS Code gives no file of more than ${megabytes(MOST_BYTES)} to extensions. Lastmile leaves it alone.`;
  const chosen = await window.showInformationMessage(message, ANOTHER, ENOUGH);
  if (chosen === ANOTHER) {
    await commands.executeCommand("workbench.action.quickOpen");
  } else if (chosen === ENOUGH) {
    await memory.update(TOLD, true);
  }
}
