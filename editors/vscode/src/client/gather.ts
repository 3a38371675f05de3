// Gathers what is wrong with settings, ours and the server's, for a moment: it is one message.

import type { Disposable } from "vscode";

/** Milliseconds: the server says what it has against settings once it has read them. */
const MOMENT = 2000;

export class Gather implements Disposable {
  readonly #show: (lines: readonly string[]) => void;
  readonly #isSettled: () => boolean;
  readonly #moment: number;
  readonly #lines = new Set<string>();
  /** Whether the server was starting when it was looked at last: it has a whole moment from then on. */
  #isEarly = false;
  #timer: NodeJS.Timeout | undefined;

  /** `isSettled` tells whether the server is there, or is known not to come. */
  constructor(show: (lines: readonly string[]) => void, isSettled: () => boolean, moment = MOMENT) {
    this.#show = show;
    this.#isSettled = isSettled;
    this.#moment = moment;
  }

  /** Takes lines, which may be none; what is said twice is shown once. */
  add(lines: readonly string[]): void {
    lines.forEach((line) => this.#lines.add(line));
    if (this.#lines.size > 0) {
      this.#isEarly ||= !this.#isSettled();
      this.#timer ??= setTimeout(() => { this.#look(); }, this.#moment);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    const lines = [...this.#lines];
    if (this.#isEarly || !this.#isSettled()) {
      this.#isEarly = false;
      this.add(lines);
      return;
    }
    this.#lines.clear();
    this.#show(lines);
  }
}
