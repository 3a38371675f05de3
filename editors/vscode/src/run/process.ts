// Runs a program to its end, with a deadline, and can be told to stop it.

import { spawn } from "node:child_process";

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

/** Runs the program; never throws for what becomes of it. */
export function execute(command: string, args: readonly string[], options: Options): Promise<Done> {
  const { env, cwd, seconds, hear } = options;
  const deadline = AbortSignal.timeout(seconds * 1000);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, cwd, signal, stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      hear?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
      hear?.(text);
    });
    child.on("error", (error) => {
      err += error.name === "AbortError" ? (deadline.aborted ? "It took too long." : "It was stopped.") : error.message;
    });
    child.on("close", (status) => { resolve({ status, out, err }); });
  });
}
