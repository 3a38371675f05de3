// Choosing what most people change: whether paid tiers may be used, and which model runs here.

import { delimiter, dirname } from "node:path";
import { ConfigurationTarget, window, workspace, type QuickPickItem } from "vscode";
import { SECTION } from "../client/settings";
import type { Server } from "../find/find";
import type { Keeper } from "../run/keeper";

const PAID: (QuickPickItem & { readonly label: "ask" | "auto" | "never" })[] = [
  { label: "ask", detail: "Ask me before each task that would cost money or send text away." },
  { label: "auto", detail: "Use paid tiers within the budget without asking." },
  { label: "never", detail: "Never: what no free tier can do is not done." },
];

/** Sets whether tiers that cost money may be used. */
export async function choosePaid(): Promise<void> {
  const chosen = await window.showQuickPick(PAID, { title: "Lastmile: paid tiers", placeHolder: "What no free draft gets right can go to a model that costs money." });
  if (chosen !== undefined) {
    await set("paid", chosen.label);
  }
}

interface Model {
  readonly name: string;
  readonly path: string;
  readonly used: boolean;
  /** Why it cannot be used; empty where it can. */
  readonly trouble: string;
}

interface Choice extends QuickPickItem {
  /** The model's path, empty for none; or how one is had. */
  readonly path: () => Promise<string | undefined> | string;
}

const FILE: Choice = { label: "$(folder-opened) A file…", detail: "Any model in the GGUF format.", path: askForFile };
const NONE: Choice = { label: "$(circle-slash) None", detail: "Rules and paid tiers alone; no completions.", path: () => "" };

/** Sets the model that Lastmile runs itself. */
export async function chooseModel(keeper: Keeper): Promise<void> {
  const found = (await keeper.ask<readonly Model[]>("lastmile.models")) ?? [];
  const { server } = keeper;
  const choices = [...found.map(shown), ...(server === undefined ? [] : [download(server)]), FILE, NONE];
  const placeHolder = "It drafts free on this machine, and completes while you type.";
  const chosen = await window.showQuickPick(choices, { title: "Lastmile: model", placeHolder });
  if (chosen === undefined) {
    return;
  }
  const path = await chosen.path();
  if (path !== undefined) {
    await set("model.path", path);
  }
}

function shown(model: Model): Choice {
  const mark = model.used ? "$(check) " : model.trouble === "" ? "" : "$(warning) ";
  return { label: mark + model.name, detail: model.trouble === "" ? model.path : model.trouble, path: () => model.path };
}

/** Lists what can be downloaded in a terminal, whose shell finds the program of the server that runs, wherever that is. */
function download({ command }: Server): Choice {
  const list = (): Promise<undefined> => {
    const terminal = window.createTerminal({ name: "Lastmile", env: { PATH: `${dirname(command)}${delimiter}${process.env.PATH ?? ""}` } });
    terminal.show();
    terminal.sendText("lastmile model list");
    return Promise.resolve(undefined);
  };
  return { label: "$(cloud-download) Download one…", detail: "A terminal lists what fits this machine, and how it is had.", path: list };
}

async function askForFile(): Promise<string | undefined> {
  const files = await window.showOpenDialog({ title: "Choose a model", filters: { Models: ["gguf"] } });
  return files?.[0]?.fsPath;
}

async function set(name: string, value: string): Promise<void> {
  await workspace.getConfiguration(SECTION).update(name, value, ConfigurationTarget.Global);
}
