// How an environment of our own is made: the steps, as values. `commands/install` goes through them.

import { join } from "node:path";
import { programsOf } from "./find";

export interface Step {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** The programs that can make an environment. */
export interface Makers {
  readonly uv: string | undefined;
  /** A Python of a version that the server runs with. */
  readonly python: string | undefined;
}

/** The oldest Python that the server runs with. */
export const PYTHON = [3, 11] as const;
/** Names that such a Python may have, the best first. */
export const PYTHONS = ["python3.13", "python3.12", "python3.11", "python3", "python"];
/** What a Python is asked: it ends with 0 where it will do. */
export const QUESTION = ["-c", `import sys, venv; sys.exit(sys.version_info < (${PYTHON.join(", ")}))`];

/** Plans the environment: by uv where it is there, by pip else; nothing where there is neither. */
export function plan(makers: Makers, folder: string, requirement: string, windows: boolean): readonly Step[] {
  const python = join(programsOf(folder, windows), windows ? "python.exe" : "python");
  if (makers.uv !== undefined) {
    return [
      { title: "Making an environment with uv", command: makers.uv, args: ["venv", "--clear", "--python", `>=${PYTHON.join(".")}`, folder] },
      { title: `Installing ${requirement}`, command: makers.uv, args: ["pip", "install", "--python", python, requirement] },
    ];
  }
  if (makers.python !== undefined) {
    return [
      { title: "Making an environment", command: makers.python, args: ["-m", "venv", "--clear", folder] },
      { title: `Installing ${requirement}`, command: python, args: ["-m", "pip", "install", "--disable-pip-version-check", requirement] },
    ];
  }
  return [];
}
