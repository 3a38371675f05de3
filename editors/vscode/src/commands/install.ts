// `Install it for me`: makes an environment in the extension's own storage and installs the server there.

import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ProgressLocation, window, workspace, type CancellationToken, type LogOutputChannel, type Progress } from "vscode";
import { packageOf } from "../client/own";
import { SECTION } from "../client/settings";
import { begin } from "../find/half";
import { plan, PYTHONS, QUESTION, reasonOf, stepOf, type Makers, type Step } from "../find/make";
import { execute, type Done } from "../run/process";

/** Seconds: the model's engine is compiled. */
const PATIENCE = 1800;
const QUICK = 20;
const WINDOWS = process.platform === "win32";

export interface Places {
  /** The folder of the environment. */
  readonly own: string;
  /** The folder that may hold the wheel which came with the extension. */
  readonly shipped: string;
}

/** What came of it; `failed` says why, and `busy` that another window is at it. */
export type Installed = { readonly kind: "done" | "stopped" | "busy" } | { readonly kind: "failed"; readonly why: string };

/** Who sees the steps, and can end them. */
interface Watch {
  readonly log: LogOutputChannel;
  readonly progress: Progress<{ message: string }>;
  readonly token: CancellationToken;
  /** Ends it with the window. */
  readonly ending: AbortSignal;
}

/** Makes the environment, with a button that ends it; so does the window's end. One window does it at a time. */
export async function install(places: Places, log: LogOutputChannel, ending: AbortSignal): Promise<Installed> {
  const options = { location: ProgressLocation.Notification, title: "Lastmile", cancellable: true };
  return window.withProgress(options, async (progress, token): Promise<Installed> => {
    progress.report({ message: "Looking for uv and Python" });
    await mkdir(dirname(places.own), { recursive: true });
    const end = await begin(places.own);
    if (end === undefined) {
      return { kind: "busy" };
    }
    try {
      return await make(places, { log, progress, token, ending });
    } finally {
      await end();
    }
  });
}

async function make(places: Places, watch: Watch): Promise<Installed> {
  const around = dirname(places.own); // the programs run here, and find nobody's settings
  const steps = plan(await makers(around), places.own, await requirement(places.shipped), WINDOWS);
  if (steps.length === 0) {
    return { kind: "failed", why: NO_MAKER };
  }
  const why = await follow(steps, around, watch);
  if (why === undefined) {
    return { kind: "done" };
  }
  await rm(places.own, { recursive: true, force: true });
  return watch.token.isCancellationRequested ? { kind: "stopped" } : { kind: "failed", why };
}

const NO_MAKER =
  "there is neither uv nor a Python of version 3.11 or later with venv (on Debian and Ubuntu: apt install python3-venv). Install one of them.";

/** Says what is installed: what the setting names, else the server that came with the extension, else the newest. */
export async function requirement(shipped: string): Promise<string> {
  const wanted = packageOf(workspace.getConfiguration(SECTION).get<unknown>("server.package"));
  if (wanted !== "") {
    return wanted;
  }
  const files = await readdir(shipped).catch(() => []);
  const wheel = files.find((name) => name.endsWith(".whl"));
  return wheel === undefined ? "lastmile" : join(shipped, wheel);
}

/** Goes through the steps; gives why one failed. */
async function follow(steps: readonly Step[], cwd: string, watch: Watch): Promise<string | undefined> {
  const stop = new AbortController();
  const heard = watch.token.onCancellationRequested(() => { stop.abort(); });
  const signal = AbortSignal.any([stop.signal, watch.ending]);
  try {
    for (const step of steps) {
      const done = signal.aborted ? STOPPED : await take(step, cwd, signal, watch);
      if (done.status !== 0) {
        return `${step.title} failed: ${reasonOf(done)}`;
      }
    }
    return undefined;
  } finally {
    heard.dispose();
  }
}

const STOPPED: Done = { status: null, out: "", err: "It was stopped." };

function take(step: Step, cwd: string, signal: AbortSignal, { log, progress }: Watch): Promise<Done> {
  const message = step.note === undefined ? step.title : `${step.title}. ${step.note}`;
  progress.report({ message });
  log.info(`${step.command} ${step.args.join(" ")}`);
  const hear = (text: string): void => {
    log.info(text.trimEnd());
    const at = stepOf(text);
    if (at !== undefined) {
      progress.report({ message: `${message} (${at})` });
    }
  };
  return execute(step.command, step.args, { env: process.env, seconds: PATIENCE, cwd, signal, hear });
}

async function makers(cwd: string): Promise<Makers> {
  const uv = (await works("uv", ["--version"], cwd)) ? "uv" : undefined;
  for (const python of PYTHONS) {
    if (await works(python, QUESTION, cwd)) {
      return { uv, python };
    }
  }
  return { uv, python: undefined };
}

async function works(command: string, args: readonly string[], cwd: string): Promise<boolean> {
  return (await execute(command, args, { env: process.env, seconds: QUICK, cwd })).status === 0;
}
