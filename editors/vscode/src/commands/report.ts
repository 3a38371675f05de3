// Opens the report of the last task.

import { window } from "vscode";
import type { Keeper } from "../run/keeper";

export async function showReport(keeper: Keeper): Promise<void> {
  if ((await keeper.order("lastmile.report")) === null) {
    void window.showInformationMessage("There is no report yet: nothing was asked of Lastmile since it started.");
  }
}
