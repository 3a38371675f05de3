// Makes the language client for one server process. What it says to the person goes through us: see `Quiet`.

import type { LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  type Middleware,
} from "vscode-languageclient/node";
import type { Server } from "../find/find";

/** The schemes of documents that the server works on. */
export const SCHEMES = ["file", "untitled", "vscode-notebook-cell"];
const LANGUAGES = ["python", "json", "jsonc", "toml", "yaml"];

export interface Wiring {
  readonly log: LogOutputChannel;
  readonly middleware: Middleware;
  readonly env: NodeJS.ProcessEnv;
  /** Called when the server is gone without having been asked to go. */
  readonly gone: () => void;
}

/** A client that writes its troubles into the log alone: the person gets one message, and it is ours. */
class Quiet extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override warn(message: string, data?: unknown): void {
    super.warn(message, data, false);
  }

  override info(message: string, data?: unknown): void {
    super.info(message, data, false);
  }
}

/** Makes the client; nothing is started. */
export function makeClient(server: Server, wiring: Wiring): LanguageClient {
  const run = { command: server.command, args: ["serve"], options: { env: wiring.env } };
  return new Quiet("lastmile", "Lastmile", run, {
    documentSelector: SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language }))),
    outputChannel: wiring.log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    middleware: wiring.middleware,
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        wiring.gone();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
  });
}
