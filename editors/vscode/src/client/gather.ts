// Gathers what is wrong with settings, ours and the server's, for a moment: it is one message.

import type { Disposable } from "vscode";

/** Milliseconds: the server says what it has against settings once it has read them. */
const MOMENT = 2000;

export class Gather implements Disposable {
  readonly #show: (lines: readonly string[]) => void;
  readonly #moment: number;
  readonly #lines = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(show: (lines: readonly string[]) => void, moment = MOMENT) {
    this.#show = show;
    this.#moment = moment;
  }

  /** Takes lines, which may be none; what is said twice is shown once. */
  add(lines: readonly string[]): void {
    lines.forEach((line) => this.#lines.add(line));
    if (this.#lines.size > 0) {
      this.#timer ??= setTimeout(() => { this.#tell(); }, this.#moment);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #tell(): void {
    const lines = [...this.#lines];
    this.#lines.clear();
    this.#timer = undefined;
    this.#show(lines);
  }
}
