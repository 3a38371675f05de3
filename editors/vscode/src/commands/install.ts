// `Install it for me`: makes an environment in the extension's own storage and installs the server there.

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ProgressLocation, window, workspace, type CancellationToken, type LogOutputChannel, type Progress } from "vscode";
import { SECTION } from "../client/settings";
import { plan, PYTHONS, QUESTION, type Makers, type Step } from "../find/make";
import { execute } from "../run/process";

/** Seconds: without a prebuilt wheel, the model's engine is compiled. */
const PATIENCE = 1800;
const QUICK = 20;
const WINDOWS = process.platform === "win32";

export interface Places {
  /** The folder of the environment. */
  readonly own: string;
  /** The folder that may hold the wheel which came with the extension. */
  readonly shipped: string;
}

/** Makes the environment; gives why it could not be made, or nothing where it was. */
export async function install({ own, shipped }: Places, log: LogOutputChannel): Promise<string | undefined> {
  const options = { location: ProgressLocation.Notification, title: "Lastmile", cancellable: true };
  return window.withProgress(options, async (progress, token) => {
    progress.report({ message: "Looking for uv and Python" });
    const steps = plan(await makers(), own, await requirement(shipped), WINDOWS);
    if (steps.length === 0) {
      return "there is neither uv nor a Python of version 3.11 or later with venv. Install one of them.";
    }
    const trouble = await follow(steps, log, progress, token);
    if (trouble !== undefined) {
      await rm(own, { recursive: true, force: true }); // half an environment would be found the next time
    }
    return trouble;
  });
}

/** Says what is installed: what the setting names, else the server that came with the extension, else the newest. */
async function requirement(shipped: string): Promise<string> {
  const wanted: unknown = workspace.getConfiguration(SECTION).get("server.package");
  if (typeof wanted === "string" && wanted !== "") {
    return wanted;
  }
  const files = await readdir(shipped).catch(() => []);
  const wheel = files.find((name) => name.endsWith(".whl"));
  return wheel === undefined ? "lastmile" : join(shipped, wheel);
}

async function follow(
  steps: readonly Step[],
  log: LogOutputChannel,
  progress: Progress<{ message: string }>,
  token: CancellationToken,
): Promise<string | undefined> {
  const stop = new AbortController();
  const heard = token.onCancellationRequested(() => { stop.abort(); });
  try {
    for (const step of steps) {
      progress.report({ message: step.title });
      log.info(`${step.command} ${step.args.join(" ")}`);
      const hear = (text: string): void => { log.info(text.trimEnd()); };
      const done = await execute(step.command, step.args, { env: process.env, seconds: PATIENCE, signal: stop.signal, hear });
      if (done.status !== 0) {
        return `${step.title} failed: ${lastLine(done.err) || lastLine(done.out) || "it said nothing"}`;
      }
    }
    return undefined;
  } finally {
    heard.dispose();
  }
}

async function makers(): Promise<Makers> {
  const uv = await works("uv", ["--version"]);
  for (const python of PYTHONS) {
    if (await works(python, QUESTION)) {
      return { uv: uv ? "uv" : undefined, python };
    }
  }
  return { uv: uv ? "uv" : undefined, python: undefined };
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  return (await execute(command, args, { env: process.env, seconds: QUICK })).status === 0;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
