// The walkthrough, and the tick at its step "The server runs".

import { commands } from "vscode";
import type { Keeper } from "../run/keeper";

/** Names what ticks the step; package.json has it too. */
const TICK = "lastmile.ticked";

/** Opens the walkthrough. */
export async function openWalkthrough(id: string, keeper: Keeper): Promise<void> {
  await commands.executeCommand("workbench.action.openWalkthrough", id, false);
  await tick(keeper);
}

/**
 * Ticks the step where the server runs. The editor ticks at a change alone, and never what was true already when
 * it came to know of the walkthrough, which it does when one is first opened: so this is true for a moment only.
 */
export async function tick(keeper: Keeper): Promise<void> {
  if (keeper.client !== undefined) {
    await commands.executeCommand("setContext", TICK, true);
    await commands.executeCommand("setContext", TICK, false);
  }
}
