// The menu behind the status item.

import { window, type QuickPickItem } from "vscode";
import type { Keeper } from "../run/keeper";
import { press, type Button, type Trouble } from "../tell";
import { dollars, type Status } from "./words";

interface Entry extends QuickPickItem, Omit<Button, "title"> {}

/** Shows the menu, and does what is chosen. */
export async function menu(keeper: Keeper, keyState: () => Promise<string>): Promise<void> {
  const status = await keeper.ask<Status>("lastmile.status");
  const entries = status === undefined ? [...helping(keeper.trouble), ...TROUBLED] : [...asked(status, await keyState()), ...TROUBLED];
  const chosen = await window.showQuickPick(entries, { title: "Lastmile", placeHolder: keeper.trouble?.message ?? "" });
  if (chosen !== undefined) {
    await press({ title: chosen.label, ...chosen });
  }
}

/** Gives what helps with a trouble, whose message may be long gone, and is in no menu else. */
function helping(trouble: Trouble | undefined): Entry[] {
  const others = (trouble?.buttons ?? []).filter((one) => one.arguments !== undefined || !TROUBLED.some(({ command }) => command === one.command));
  return others.map(({ title, ...does }) => ({ label: `$(wrench) ${title}`, ...does }));
}

const TROUBLED: Entry[] = [
  { label: "$(gear) Settings", command: "lastmile.openSettings" },
  { label: "$(debug-restart) Restart the server", command: "lastmile.restart" },
  { label: "$(output) Show the log", command: "lastmile.showLog" },
];

const UNDO: Entry = {
  label: "$(discard) Undo the last edit and report it",
  description: "what was wrong stays on this machine",
  command: "lastmile.undo",
};

const PAID: Record<Status["paid"], string> = {
  ask: "you are asked before each task",
  auto: "used within the budget, without asking",
  never: "never used",
};

function today({ today: { spent, tasks } }: Status): string {
  return `${dollars(spent)} for ${String(tasks)} ${tasks === 1 ? "task" : "tasks"} today`;
}

function asked(status: Status, key: string): Entry[] {
  const { paused } = status.completions;
  const model = status.model.path === "" ? "none is chosen" : `${status.model.path} (${status.model.state})`;
  return [
    { label: "$(sparkle) Instruct…", description: "say in words what to do with the selection", command: "lastmile.instructInFront" },
    { label: "$(book) Show the last report", description: status.last, command: "lastmile.showReport" },
    ...(status.last === "" ? [] : [UNDO]),
    { label: "$(question) Why was this refused", description: "the last task that no draft passed", command: "lastmile.showWhy" },
    { label: "$(credit-card) Bill", description: today(status), command: "lastmile.showBill" },
    { label: "$(graph) Bill as a page", description: "beside what the top tier alone would have cost", command: "lastmile.billPage" },
    { label: "$(pulse) Doctor", description: "what works here, and why", command: "lastmile.showDoctor" },
    { label: paused ? "$(play) Go on with completions" : "$(debug-pause) Pause completions", command: "lastmile.togglePause" },
    { label: "$(law) Paid tiers…", description: PAID[status.paid], command: "lastmile.choosePaid" },
    { label: "$(server-process) Model…", description: model, command: "lastmile.chooseModel" },
    { label: "$(key) API key…", description: key, command: "lastmile.setKey" },
  ];
}
