// Runs a program to its end, with a deadline, and can be told to stop it.

import { spawn, type ChildProcess } from "node:child_process";

const WINDOWS = process.platform === "win32";

/** Characters that are kept of what a program says: the last ones. */
const MOST = 4_000_000;

export interface Options {
  readonly env: NodeJS.ProcessEnv;
  readonly seconds: number;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears what the program says, as it comes. */
  readonly hear?: ((text: string) => void) | undefined;
}

export interface Done {
  /** The exit status; null where it was stopped, or could not be started. */
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program; never throws for what becomes of it. It is stopped with all that it started. */
export function execute(command: string, args: readonly string[], options: Options): Promise<Done> {
  const { env, cwd, seconds, hear } = options;
  const deadline = AbortSignal.timeout(seconds * 1000);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  return new Promise((resolve) => {
    // A group of its own: what compiles for pip has to end with pip, which does not see to that.
    const child = spawn(command, args, { env, cwd, detached: !WINDOWS, stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    const stop = (): void => {
      err += deadline.aborted ? "It took too long." : "It was stopped.";
      end(child);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out = (out + text).slice(-MOST);
      hear?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err = (err + text).slice(-MOST);
      hear?.(text);
    });
    child.on("error", (error) => { err += error.message; });
    child.on("close", (status) => {
      signal.removeEventListener("abort", stop);
      resolve({ status, out, err });
    });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) {
      stop();
    }
  });
}

/** Ends a program and what it started. */
function end(child: ChildProcess): void {
  if (child.pid === undefined) {
    return;
  }
  if (WINDOWS) {
    spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" }).on("error", () => child.kill());
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL"); // its files are thrown away, so there is nothing to tidy
  } catch {
    child.kill(); // it has just ended
  }
}
