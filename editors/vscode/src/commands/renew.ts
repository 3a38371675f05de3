// `Install it for me`, and what comes of it: the server that was installed is started, or the person is told why not.

import type { LogOutputChannel } from "vscode";
import { isWithin } from "../find/find";
import type { Passed } from "../find/passed";
import type { Keeper } from "../run/keeper";
import { installedElsewhere, notInstalled } from "../run/troubles";
import { tell } from "../tell";
import { install, type Installed, type Places } from "./install";

export interface Means {
  readonly places: Places;
  readonly passed: Passed;
  readonly keeper: Keeper;
  readonly log: LogOutputChannel;
  /** Says that the window ends. */
  readonly ending: AbortSignal;
}

/** Installs a server, and has it taken in the place of one that did not do. */
export async function installAndStart({ places, passed, keeper, log, ending }: Means): Promise<void> {
  const bad = keeper.trouble === undefined ? undefined : keeper.server?.command;
  const installed = await install(places, log, ending).catch(failed);
  if (installed.kind === "done") {
    if (bad !== undefined && !isWithin(bad, places.own)) {
      await passed.add(bad);
    }
    await keeper.restart();
  } else if (installed.kind === "busy") {
    void tell(installedElsewhere());
  } else if (installed.kind === "failed") {
    log.error(installed.why);
    void tell(notInstalled(installed.why)); // its button begins anew, so nothing may wait for it
  }
}

/** Says why a folder could not be written: a disk may be full. */
function failed(error: unknown): Installed {
  return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
}
