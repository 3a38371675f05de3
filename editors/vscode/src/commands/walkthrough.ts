// The walkthrough, and the ticks at its steps "The server runs" and "Fix your first finding".

import { commands } from "vscode";
import type { Keeper } from "../run/keeper";
import type { Status } from "../status/words";

/** What ticks the steps; package.json has them too. */
const TICK = "lastmile.ticked";
const FIXED = "lastmile.fixed";

/** Opens the walkthrough. */
export async function openWalkthrough(id: string, keeper: Keeper): Promise<void> {
  await commands.executeCommand("workbench.action.openWalkthrough", id, false);
  await tick(keeper);
  await tickFixed(await keeper.ask<Status>("lastmile.status"));
}

/** Ticks the first step where the server runs. */
export async function tick(keeper: Keeper): Promise<void> {
  if (keeper.client !== undefined) {
    await pulse(TICK);
  }
}

/** Ticks the second step where an edit was applied. */
export async function tickFixed(status: Status | undefined): Promise<void> {
  if (status !== undefined && status.last !== "") {
    await pulse(FIXED);
  }
}

/**
 * Makes something true for a moment. The editor ticks at a change alone, and never what was true already when it came
 * to know of the walkthrough, which it does when one is first opened.
 */
async function pulse(key: string): Promise<void> {
  await commands.executeCommand("setContext", key, true);
  await commands.executeCommand("setContext", key, false);
}
