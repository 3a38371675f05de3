// Shows work that takes a moment as a message with a button that ends it. The client's own way has no button.

import { ProgressLocation, window, type Progress } from "vscode";
import type {
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageserver-protocol";

/** Milliseconds that work may take without being shown. */
const MOMENT = 500;

/** What the server says while the person has a question to answer, which is message enough. */
const ASKING = "waiting for your consent";

type Value = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** One piece of work that runs. */
interface Work {
  readonly title: string;
  message: string;
  shown: Progress<{ message: string }> | undefined;
  readonly over: Promise<void>;
  readonly end: () => void;
}

/** The work that the server reports on. */
export class Works {
  readonly #running = new Map<ProgressToken, Work>();
  readonly #cancel: (token: ProgressToken) => void;

  constructor(cancel: (token: ProgressToken) => void) {
    this.#cancel = cancel;
  }

  /** Tells whether anything runs. */
  get busy(): boolean {
    return this.#running.size > 0;
  }

  /** Takes what the server says of one piece of work. */
  take(token: ProgressToken, value: Value): void {
    switch (value.kind) {
      case "begin":
        this.#begin(token, value);
        return;
      case "report":
        this.#report(token, value.message ?? "");
        return;
      case "end":
        this.#running.get(token)?.end();
        this.#running.delete(token);
    }
  }

  /** Takes all of it off the screen: there is no server any more. */
  clear(): void {
    this.#running.forEach((work) => { work.end(); });
    this.#running.clear();
  }

  #begin(token: ProgressToken, value: WorkDoneProgressBegin): void {
    let end: () => void = () => undefined;
    const over = new Promise<void>((resolve) => { end = resolve; });
    this.#running.set(token, { title: value.title, message: value.message ?? "", shown: undefined, over, end });
    setTimeout(() => { this.#show(token); }, MOMENT);
  }

  #report(token: ProgressToken, message: string): void {
    const work = this.#running.get(token);
    if (work !== undefined) {
      work.message = message;
      work.shown?.report({ message });
    }
  }

  #show(token: ProgressToken): void {
    const work = this.#running.get(token);
    if (work === undefined) {
      return; // it was over within a moment
    }
    if (work.message.startsWith(ASKING)) {
      setTimeout(() => { this.#show(token); }, MOMENT);
      return;
    }
    const options = { location: ProgressLocation.Notification, title: work.title, cancellable: true };
    void window.withProgress(options, (progress, stopped) => {
      stopped.onCancellationRequested(() => { this.#cancel(token); });
      work.shown = progress;
      progress.report({ message: work.message });
      return work.over;
    });
  }
}
