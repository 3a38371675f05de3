// Chooses the server to run, and says why. It starts nothing: whether a program works is seen when it runs.

import { isAbsolute, join, relative } from "node:path";

/** A program that can be the server. */
export interface Server {
  readonly command: string;
  /** Which it is and why it was taken, for the log and the status. */
  readonly why: string;
  /** Whether the setting names it: no other is taken in its place. */
  readonly isNamed: boolean;
}

export type Found =
  | { readonly kind: "server"; readonly server: Server }
  /** The person named a program that is not there; nothing else is taken in its place. */
  | { readonly kind: "misnamed"; readonly path: string }
  | { readonly kind: "missing"; readonly looked: readonly string[] };

/** Where to look, and how. */
export interface Look {
  /** The setting; empty where it is not set. */
  readonly setting: string;
  /** Programs of the folder's environment are run in a folder that is trusted, and in no other. */
  readonly trusted: boolean;
  /** Gives the interpreter of the active Python environment. */
  readonly interpreter: () => Promise<string | undefined>;
  readonly path: readonly string[];
  /** The workspace folders. */
  readonly folders: readonly string[];
  /** The folder of the environment that this extension makes. */
  readonly own: string;
  readonly windows: boolean;
  readonly isProgram: (path: string) => Promise<boolean>;
  /** Whether the person had another installed in a program's place. */
  readonly isPassedOver: (path: string) => Promise<boolean>;
}

/** Finds the server: the setting, the active environment, PATH, the environment of our own. */
export async function find(look: Look): Promise<Found> {
  if (look.setting !== "") {
    return (await look.isProgram(look.setting))
      ? named(look.setting)
      : { kind: "misnamed", path: look.setting };
  }
  const looked: string[] = [];
  let last: Found | undefined;
  for (const place of await places(look)) {
    const command = join(place.folder, programName(look.windows));
    if (await look.isProgram(command)) {
      const found = taken(command, place.why);
      if (!(await look.isPassedOver(command))) {
        return found;
      }
      last ??= found;
    }
    looked.push(place.folder);
  }
  return last ?? { kind: "missing", looked };
}

/** Names the program as the system spells it. */
export function programName(windows: boolean): string {
  return windows ? "lastmile.exe" : "lastmile";
}

/** Gives the folder of an environment that holds its programs. */
export function programsOf(environment: string, windows: boolean): string {
  return join(environment, windows ? "Scripts" : "bin");
}

interface Place {
  readonly folder: string;
  readonly why: string;
}

async function places(look: Look): Promise<Place[]> {
  const interpreter = look.trusted ? await look.interpreter() : undefined;
  const folder = interpreter?.replace(/[\\/][^\\/]*$/, "");
  return [
    ...(folder === undefined ? [] : [{ folder, why: "the active Python environment has it" }]),
    ...look.path.filter((entry) => isAbsolute(entry) && mayRun(look, entry)).map((entry) => ({ folder: entry, why: "it is on PATH" })),
    { folder: programsOf(look.own, look.windows), why: "this extension made it an environment" },
  ];
}

/** Tells whether programs of a folder may be run: PATH can lead into the workspace, which has to be trusted then. */
function mayRun(look: Look, folder: string): boolean {
  return look.trusted || !look.folders.some((one) => isWithin(folder, one));
}

/** Tells whether a path leads into a folder. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !/^\.\.[\\/]/.test(way) && !isAbsolute(way);
}

function taken(command: string, why: string): Found {
  return { kind: "server", server: { command, why, isNamed: false } };
}

function named(command: string): Found {
  return { kind: "server", server: { command, why: "the setting lastmile.server.path names it", isNamed: true } };
}
