// What the server is told of the settings: only what the person set, so that the editor's defaults lie over nothing.

/** What the editor knows of one setting; the same as its `inspect` gives. */
export interface Inspected {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

export interface Surroundings {
  readonly trusted: boolean;
  /** Whether the Ruff extension shows ruff's findings already. */
  readonly ruff: boolean;
}

/** The prefix of all our settings. */
export const SECTION = "lastmile";

/** Gives the server's settings as it takes them: dotted names, those that somebody set. */
export function told(
  names: readonly string[],
  inspect: (name: string) => Inspected | undefined,
  surroundings: Surroundings,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const value = chosen(inspect(name), surroundings.trusted);
    if (value !== undefined && value !== null) {
      values[name] = value;
    }
  }
  if (surroundings.ruff && !("diagnostics" in values)) {
    values.diagnostics = "own";
  }
  if (!surroundings.trusted) {
    values["verify.trusted"] = false;
  }
  return values;
}

/** Gives the names of the server's settings out of the extension's manifest: all sections but the first, our own. */
export function serverSettings(manifest: unknown): string[] {
  const sections = (manifest as Manifest).contributes?.configuration ?? [];
  const names = sections.slice(1).flatMap((section) => Object.keys(section.properties ?? {}));
  return names.map((name) => name.slice(SECTION.length + 1));
}

/** Gives settings as the server's command line takes them from its environment; tables of a person's own names are left out. */
export function asEnvironment(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const plain = Object.entries(values).filter(([, value]) => Array.isArray(value) || typeof value !== "object");
  return Object.fromEntries(plain.map(([name, value]) => [variable(name), String(value)]));
}

/** Says of values that the command line had of us where they are set, which is not in a variable of the person's. */
export function asSetHere(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\bfrom (LASTMILE_\w+)/g, (whole, name: string) => name in environment ? "from VS Code's settings" : whole);
}

function variable(name: string): string {
  const parts = name.split(".").map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return `LASTMILE_${parts.join("__")}`;
}

interface Manifest {
  readonly contributes?: { readonly configuration?: readonly { readonly properties?: object }[] };
}

/** Takes the nearest value; of a folder that is not trusted none counts. */
function chosen(inspected: Inspected | undefined, trusted: boolean): unknown {
  const { globalValue, workspaceValue, workspaceFolderValue } = inspected ?? {};
  return trusted ? (workspaceFolderValue ?? workspaceValue ?? globalValue) : globalValue;
}
