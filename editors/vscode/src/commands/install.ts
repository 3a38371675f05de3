// `Install it for me`: makes an environment in the extension's own storage and installs the server there.

import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ProgressLocation, window, workspace, type CancellationToken, type LogOutputChannel, type Progress } from "vscode";
import { packageOf } from "../client/own";
import { SECTION } from "../client/settings";
import { plan, PYTHONS, QUESTION, stepOf, type Makers, type Step } from "../find/make";
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

/** What came of it; `failed` says why. */
export type Installed = { readonly kind: "done" | "stopped" } | { readonly kind: "failed"; readonly why: string };

/** Who sees the steps, and can end them. */
interface Watch {
  readonly log: LogOutputChannel;
  readonly progress: Progress<{ message: string }>;
  readonly token: CancellationToken;
}

/** Makes the environment, with a button that ends it. */
export async function install(places: Places, log: LogOutputChannel): Promise<Installed> {
  const options = { location: ProgressLocation.Notification, title: "Lastmile", cancellable: true };
  return window.withProgress(options, async (progress, token): Promise<Installed> => {
    progress.report({ message: "Looking for uv and Python" });
    const around = dirname(places.own);
    await mkdir(around, { recursive: true }); // the programs run here, and find nobody's settings
    const steps = plan(await makers(around), places.own, await requirement(places.shipped), WINDOWS);
    if (steps.length === 0) {
      return { kind: "failed", why: "there is neither uv nor a Python of version 3.11 or later with venv. Install one of them." };
    }
    const why = await follow(steps, around, { log, progress, token });
    if (why === undefined) {
      return { kind: "done" };
    }
    await rm(places.own, { recursive: true, force: true }); // half an environment would be found the next time
    return token.isCancellationRequested ? { kind: "stopped" } : { kind: "failed", why };
  });
}

/** Says what is installed: what the setting names, else the server that came with the extension, else the newest. */
async function requirement(shipped: string): Promise<string> {
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
  try {
    for (const step of steps) {
      const done = watch.token.isCancellationRequested ? STOPPED : await take(step, cwd, stop.signal, watch);
      if (done.status !== 0) {
        return `${step.title} failed: ${lastLine(done.err) || lastLine(done.out) || "it said nothing"}`;
      }
    }
    return undefined;
  } finally {
    heard.dispose();
  }
}

const STOPPED: Done = { status: null, out: "", err: "It was stopped." };

function take(step: Step, cwd: string, signal: AbortSignal, { log, progress }: Watch): Promise<Done> {
  progress.report({ message: step.title });
  log.info(`${step.command} ${step.args.join(" ")}`);
  const hear = (text: string): void => {
    log.info(text.trimEnd());
    const at = stepOf(text);
    if (at !== undefined) {
      progress.report({ message: `${step.title} (${at})` });
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

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
