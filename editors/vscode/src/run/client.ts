// Makes the language client for one server process. What it says to the person goes through us: see `Quiet`.

import { window, type LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  MessageType,
  RevealOutputChannelOn,
  ShowMessageNotification,
  type Middleware,
  type ShowMessageParams,
} from "vscode-languageclient/node";
import { SELECTOR } from "../client/documents";
import { listens, STATUS_CHANGED } from "../client/listens";
import { aboutSettings, buttonsFor, isAnswered } from "../client/messages";
import type { Server } from "../find/find";
import { press } from "../tell";

export interface Wiring {
  readonly log: LogOutputChannel;
  readonly middleware: Middleware;
  readonly env: NodeJS.ProcessEnv;
  /** Called when the server is gone without having been asked to go. */
  readonly gone: () => void;
  /** Called when what the server says of itself has changed. */
  readonly changed: () => void;
  /** Called with what the server has against settings. */
  readonly misset: (lines: readonly string[]) => void;
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
  const client = new Quiet("lastmile", "Lastmile", run, {
    documentSelector: SELECTOR,
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
  client.registerFeature(listens);
  client.onNotification(STATUS_CHANGED, wiring.changed);
  client.onNotification(ShowMessageNotification.type, (said) => {
    if (isAnswered(said.message)) {
      return;
    }
    const lines = aboutSettings(said.message);
    if (lines === undefined) {
      void show(said);
    } else {
      wiring.misset(lines);
    }
  });
  return client;
}

/** Shows a message of the server's, with the buttons that help where there are any. */
async function show(said: ShowMessageParams): Promise<void> {
  const buttons = buttonsFor(said.message);
  const way =
    said.type === MessageType.Error
      ? window.showErrorMessage
      : said.type === MessageType.Warning
        ? window.showWarningMessage
        : window.showInformationMessage;
  const chosen = await way(said.message, ...buttons.map(({ title }) => title));
  const button = buttons.find(({ title }) => title === chosen);
  if (button !== undefined) {
    await press(button);
  }
}
