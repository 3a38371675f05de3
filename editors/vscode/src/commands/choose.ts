// Choosing what most people change: whether paid tiers may be used, and which model runs here.

import { ConfigurationTarget, window, workspace, type QuickPickItem } from "vscode";
import { SECTION } from "../client/settings";
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
  readonly path: string | undefined;
}

const FILE: Choice = { label: "$(folder-opened) A file…", detail: "Any model in the GGUF format.", path: undefined };
const NONE: Choice = { label: "$(circle-slash) None", detail: "Rules and paid tiers alone; no completions.", path: "" };

/** Sets the model that Lastmile runs itself. */
export async function chooseModel(keeper: Keeper): Promise<void> {
  const found = (await keeper.ask<readonly Model[]>("lastmile.models")) ?? [];
  const choices = [...found.map(shown), FILE, NONE];
  const placeHolder = "`lastmile model list` in a terminal shows what can be downloaded.";
  const chosen = await window.showQuickPick(choices, { title: "Lastmile: model", placeHolder });
  if (chosen === undefined) {
    return;
  }
  const path = chosen.path ?? (await askForFile());
  if (path !== undefined) {
    await set("model.path", path);
  }
}

function shown(model: Model): Choice {
  const mark = model.used ? "$(check) " : model.trouble === "" ? "" : "$(warning) ";
  return { label: mark + model.name, detail: model.trouble === "" ? model.path : model.trouble, path: model.path };
}

async function askForFile(): Promise<string | undefined> {
  const files = await window.showOpenDialog({ title: "Choose a model", filters: { Models: ["gguf"] } });
  return files?.[0]?.fsPath;
}

async function set(name: string, value: string): Promise<void> {
  await workspace.getConfiguration(SECTION).update(name, value, ConfigurationTarget.Global);
}
