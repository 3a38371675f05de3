// How an environment of our own is made: the steps, as values. `commands/install` goes through them.

import { basename, join } from "node:path";
import type { Done } from "../run/process";
import { isWithin, programsOf, type Server } from "./find";

export interface Step {
  readonly title: string;
  /** What the person should know while it runs. */
  readonly note?: string;
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
/**
 * What a Python is asked: it ends with 0 where it will do. Isolated: it loads nothing of the folder it runs in. Debian's
 * has `venv` always, and what that needs, `ensurepip`, in a package of its own.
 */
export const QUESTION = ["-I", "-c", `import sys, venv, ensurepip; sys.exit(sys.version_info < (${PYTHON.join(", ")}))`];

/** What takes so long, and that it does: PyPI has llama-cpp-python as source alone. */
const INSTALLING = {
  title: "Installing the server",
  note: "Compiling llama-cpp-python takes minutes and needs a C++ compiler",
};

/** Plans the environment: by uv where it is there, by pip else; nothing where there is neither. */
export function plan(makers: Makers, folder: string, requirement: string, windows: boolean): readonly Step[] {
  const python = join(programsOf(folder, windows), windows ? "python.exe" : "python");
  if (makers.uv !== undefined) {
    return [
      { title: "Making an environment with uv", command: makers.uv, args: ["venv", "--clear", "--python", `>=${PYTHON.join(".")}`, folder] },
      { ...INSTALLING, command: makers.uv, args: ["pip", "install", "--python", python, requirement] },
    ];
  }
  if (makers.python !== undefined) {
    return [
      { title: "Making an environment", command: makers.python, args: ["-I", "-m", "venv", "--clear", folder] },
      { ...INSTALLING, command: python, args: ["-I", "-m", "pip", "install", "--disable-pip-version-check", requirement] },
    ];
  }
  return [];
}

export interface Question {
  readonly message: string;
  readonly detail: string;
}

/** Asks whether another server is to be installed while one runs: says which that is, and what a yes does. */
export function question({ command, why, isNamed }: Server, version: string, requirement: string, own: string): Question {
  const wheel = requirement.endsWith(".whl") ? basename(requirement) : requirement;
  const then = isWithin(command, own)
    ? " in its place. Should that fail, there is no server until it is installed again"
    : isNamed
      ? ". The one that runs is taken all the same, as lastmile.server.path names it"
      : ", and taken before the one that runs until that is another program";
  return {
    message: "Lastmile's server is installed already, and runs. Install another?",
    detail: `Version ${version} runs: ${command}, because ${why}.\n\n${wheel} would be installed in ${own}${then}.`,
  };
}

/** Gives what an installer says that it is at, out of its words; nothing where they are of no step. */
export function stepOf(words: string): string | undefined {
  const said = words.split("\n").map((line) => line.trim());
  const steps = said.filter((line) => /^(Collecting|Downloading|Building|Installing|Preparing|Resolved|Prepared|Built|Getting)\b/.test(line));
  const [step] = steps.slice(-1);
  return step === undefined || step.length <= LONGEST ? step : `${step.slice(0, LONGEST)}…`;
}

/** Says why a program failed, in its own words: from where it begins to speak of an error on, without its drawings. */
export function reasonOf({ status, out, err }: Done): string {
  const lines = (err.trim() || out.trim()).split("\n").map((line) => line.trim());
  const at = status === null ? -1 : lines.findLastIndex((line) => /^error\b/i.test(line));
  const told = lines.slice(at).map((line) => line.replace(/^(?:(?:error|cause)\s*:|[\s×│├╰─▶>])+/i, "").trim());
  const cut = lines.some((line) => line.startsWith("WARNING: Retrying ")); // of pip, whose last word then is that it found nothing
  const reason = [cut ? "the package index could not be reached" : "", ...told].filter((line) => line !== "").join(": ");
  return reason.length <= WORDS ? reason || "it said nothing" : `${reason.slice(0, WORDS)}…`;
}

/** Characters of a step: it stands behind a title. */
const LONGEST = 60;
/** Characters of a reason: it is part of a message. The log has all of it. */
const WORDS = 240;
