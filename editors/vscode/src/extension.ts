// Puts the extension together, and nothing else.

import { commands, window, type ExtensionContext } from "vscode";
import { Keeper } from "./run/keeper";
import { findHere, ownEnvironment } from "./workplace";

let stop: (() => Promise<void>) | undefined;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Lastmile", { log: true });
  const own = ownEnvironment(context.globalStorageUri);
  const keeper = new Keeper({
    log,
    find: () => findHere(own),
    env: () => Promise.resolve(process.env),
    middleware: () => ({}),
  });
  stop = () => keeper.stop();
  context.subscriptions.push(
    log,
    commands.registerCommand("lastmile.restart", () => keeper.restart()),
    commands.registerCommand("lastmile.showLog", () => { log.show(); }),
  );
  void keeper.restart();
}

export async function deactivate(): Promise<void> {
  await stop?.();
}
