// The extension's own settings as they may be written: what makes no sense is said, and what is taken in its place.

/** Lines of an edit beyond which it is shown first, where the setting is none. */
const MOST = 60;

/** Gives a value of one of our settings, of whatever type. */
export type Read = (name: string) => unknown;

/** Gives the lines beyond which an edit is shown before it is applied. */
export function previewLines(value: unknown): number {
  return isCount(value) ? value : MOST;
}

/** Gives what is to be installed; empty for the server that came with the extension. */
export function packageOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Says of each setting that is of the wrong type what is taken instead; the server looks at those of its own. */
export function misset(read: Read): string[] {
  const [lines, wanted] = [read("preview.lines"), read("server.package")];
  return [
    ...(isUnset(lines) || isCount(lines) ? [] : [wrong("preview.lines", "a whole number from 0 on", lines, `${String(MOST)} is taken`)]),
    ...(isUnset(wanted) || typeof wanted === "string"
      ? []
      : [wrong("server.package", "a text", wanted, "the server that came with the extension is installed")]),
  ];
}

/** Settings that are the person's own on whatever machine; all others of ours are the machine's, where the server runs. */
const OF_PERSON = new Set(["lastmile.preview.lines"]);

/** Names the command that opens the page of settings which a query finds: what a machine from afar has is on no other. */
export function settingsPage(query: string, isAfar: boolean): string {
  return isAfar && !OF_PERSON.has(query) ? "workbench.action.openRemoteSettings" : "workbench.action.openSettings";
}

function wrong(name: string, must: string, value: unknown, instead: string): string {
  return `lastmile.${name} must be ${must}, not ${JSON.stringify(value)}; ${instead}.`;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null;
}
