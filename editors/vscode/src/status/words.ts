// What the server says of itself, and the few words that the status makes of it. Values alone.

export interface Tier {
  readonly name: string;
  readonly free: boolean;
  readonly model: string;
  /** Why it cannot draft; empty where it can. */
  readonly off: string;
}

/** What `lastmile.status` gives. */
export interface Status {
  readonly version: string;
  readonly paid: "ask" | "auto" | "never";
  readonly trusted: boolean;
  readonly tiers: readonly Tier[];
  /** In `off` why no tier can follow an instruction in words; servers from before it have none. */
  readonly instruct?: { readonly off: string };
  readonly model: { readonly path: string; readonly state: "none" | "cold" | "loading" | "warm" | "working" };
  /** Why fewer fixes than were asked for are made ready now, in sentences; servers from before it have none. */
  readonly ahead?: { readonly why: string };
  readonly completions: { readonly enabled: boolean; readonly paused: boolean };
  readonly today: { readonly spent: number; readonly tasks: number };
  /** The receipt of the last task; empty before there was one. */
  readonly last: string;
}

/** Characters of the line that ends with the menu: in a narrow window what stands behind more of them is out of sight. */
const ROOM = 60;
/** Characters of the last receipt, which has a line of its own. The menu shows all of it. */
const LONGEST = 60;

export interface Words {
  readonly text: string;
  readonly detail: string;
}

/** A line that stands below the one with the menu, which it would push out of sight. */
export interface Line extends Words {
  readonly id: string;
  /** What the editor calls it where it lists what it can show. */
  readonly name: string;
}

/** Says which tiers are on, whether the model is warm, and what today cost. */
export function words(status: Status): Words {
  const on = status.tiers.filter((tier) => tier.off === "").map((tier) => tier.name + state(tier, status));
  const detail = `${dollars(status.today.spent)} today`;
  return { text: short(`Lastmile: ${on.join(", ")}`, ROOM - detail.length), detail };
}

/** Says what keeps the server from answering; the menu, which is behind it, shows all of that. */
export function amiss(trouble: string | undefined): Words {
  const text = "Lastmile";
  return { text, detail: short(trouble ?? "starting", ROOM - text.length) };
}

/** Says what else there is to know, a line each. */
export function lines(status: Status | undefined): Line[] {
  if (status === undefined) {
    return [];
  }
  const held = waits(status);
  return [
    ...(status.last === "" ? [] : [{ id: "last", name: "the last task", text: `Last: ${short(status.last, LONGEST)}`, detail: "" }]),
    ...(status.completions.paused ? [{ id: "paused", name: "completions", text: "Completions are paused", detail: "" }] : []),
    ...(status.trusted ? [] : [{ id: "trust", name: "trust", text: "The folder is not trusted", detail: "nothing of it is run" }]),
    ...(held === undefined ? [] : [{ id: "waits", name: "fixes that are made ready", ...held }]),
  ];
}

/** Says, as a line has no room for more, what of fixes that are made ready is held up, and by what; nothing where nothing is. */
function waits(status: Status): Words | undefined {
  const [, text, detail] = /^(.*?): (.*?)\.(?= |$)/.exec(status.ahead?.why ?? "") ?? [];
  return text === undefined || detail === undefined ? undefined : { text, detail };
}

/** Writes an amount as the server does: cents, and finer where it is little. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount === 0 || amount >= 0.1 ? 2 : amount >= 0.001 ? 3 : 4)}`;
}

/** Says what came of an answer to the question for the key; `isServed` says that there is a server to start anew. */
export function keptNow(isGiven: boolean, wasKept: boolean, isServed: boolean): string {
  const anew = (how: string): string => (isServed ? ` The server starts anew ${how} it.` : "");
  if (isGiven) {
    return `The API key is kept in the editor's secret storage.${anew("with")}`;
  }
  return wasKept ? `The API key is forgotten.${anew("without")}` : "No API key was given, and none is kept.";
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function state(tier: Tier, status: Status): string {
  const own = status.model.path !== "" && tier.free && tier.name !== "rules";
  return own && status.model.state !== "none" ? ` (${status.model.state})` : "";
}
