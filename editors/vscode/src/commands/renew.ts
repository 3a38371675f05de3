// `Install it for me`, and what comes of it: the server that was installed is started, or the person is told why not.

import type { LogOutputChannel } from "vscode";
import { isWithin } from "../find/find";
import { question } from "../find/make";
import type { Passed } from "../find/passed";
import type { Keeper } from "../run/keeper";
import { installedElsewhere, notInstalled, starting } from "../run/troubles";
import { agrees, tell } from "../tell";
import { install, requirement, type Installed, type Places } from "./install";

export interface Means {
  readonly places: Places;
  readonly passed: Passed;
  readonly keeper: Keeper;
  readonly log: LogOutputChannel;
  /** Says that the window ends. */
  readonly ending: AbortSignal;
}

/** Installs a server, and has it taken in the place of the one that was. While that does its work the person is asked first. */
export async function installAndStart(means: Means): Promise<void> {
  const { places, passed, keeper, log, ending } = means;
  if (keeper.trouble === undefined && !(await isAgreed(means))) {
    return;
  }
  const old = keeper.server?.command;
  const installed = await install(places, log, ending).catch(failed);
  if (installed.kind === "done") {
    if (old !== undefined && !isWithin(old, places.own)) {
      await passed.add(old);
    }
    await keeper.restart();
  } else if (installed.kind === "busy") {
    void tell(installedElsewhere());
  } else if (installed.kind === "failed") {
    log.error(installed.why);
    void tell(notInstalled(installed.why)); // its button begins anew, so nothing may wait for it
  }
}

/** Asks about the server that runs; nothing is known yet of one that is starting. */
async function isAgreed({ places, keeper }: Means): Promise<boolean> {
  const { client, server } = keeper;
  if (client === undefined || server === undefined) {
    void tell(starting());
    return false;
  }
  const version = client.initializeResult?.serverInfo?.version ?? "";
  const { message, detail } = question(server, version, await requirement(places.shipped), places.own);
  return agrees(message, detail, "Install it");
}

/** Says why a folder could not be written: a disk may be full. */
function failed(error: unknown): Installed {
  return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
}
