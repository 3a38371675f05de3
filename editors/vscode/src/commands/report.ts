// What the server tells of what was done and spent; it opens the pages itself. And what a person says of an edit.

import { window } from "vscode";
import type { Keeper } from "../run/keeper";

/** Gives the commands by their names; after one that changed anything, `changed` is called. */
export function reports(keeper: Keeper, changed: () => void): Record<string, () => Promise<unknown>> {
  return {
    showReport: () => order(keeper, "There is no report: nothing was asked of Lastmile since it started, or the last edit was taken back.", "lastmile.report"),
    showWhy: () => order(keeper, "Nothing was refused since Lastmile started.", "lastmile.why"),
    billPage: async () => { await keeper.order("lastmile.bill", { page: true }); },
    undo: () => undo(keeper).then(changed),
  };
}

/** Takes the last edit back and writes down that it was wrong, with words that may be none. */
async function undo(keeper: Keeper): Promise<void> {
  const words = await window.showInputBox({
    title: "Lastmile: Undo the last edit and report it",
    prompt: "What was wrong with it? It may be left empty. The words stay in the ledger on this machine.",
    ignoreFocusOut: true,
  });
  if (words !== undefined) {
    const done = await order(keeper, "There is no edit to take back.", "lastmile.undoAndReport", "", words);
    if (isUndone(done)) {
      void window.showInformationMessage("The edit was taken back, and is noted as wrong.");
    }
  }
}

/** Tells whether an edit was taken back without a word of the server's about it. */
function isUndone(done: unknown): boolean {
  const { undone, told } = (done ?? {}) as { undone?: unknown; told?: unknown };
  return undone === true && told !== true;
}

/** Has the server do it; where there is nothing that it could be done with, says so. */
async function order(keeper: Keeper, nothing: string, command: string, ...args: unknown[]): Promise<unknown> {
  const answer = await keeper.order(command, ...args);
  if (answer === null) {
    void window.showInformationMessage(nothing);
  }
  return answer;
}
