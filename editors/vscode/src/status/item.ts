// The language status item: what works, what it cost, and that something is at work.

import { languages, LanguageStatusSeverity, window, type Disposable, type LanguageStatusItem } from "vscode";
import { PYTHON } from "../client/documents";
import { tickFixed } from "../commands/walkthrough";
import type { Works } from "../client/progress";
import type { Keeper } from "../run/keeper";
import { amiss, lines, words, type Line, type Status } from "./words";

/** Milliseconds after something happened, and between two looks while nothing does. */
const SOON = 300;
const LATER = 60_000;

/** Shows the server's status, asked for when something happened that may have changed it. */
export class StatusItem implements Disposable {
  readonly #keeper: Keeper;
  readonly #item: LanguageStatusItem;
  readonly #works: Works;
  readonly #clock: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #warm = false;
  /** The last receipt that was heard of. */
  #last = "";
  /** The lines below, by what they are about. */
  readonly #lines = new Map<string, LanguageStatusItem>();

  constructor(keeper: Keeper, works: Works) {
    this.#keeper = keeper;
    this.#works = works;
    this.#item = languages.createLanguageStatusItem("lastmile", PYTHON);
    this.#item.name = "Lastmile";
    this.#item.command = { title: "Menu", command: "lastmile.menu" };
    this.#clock = setInterval(() => {
      if (window.state.focused) {
        this.soon();
      }
    }, LATER);
    this.show(undefined);
  }

  /** Looks again in a moment, once for all that happens until then. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, SOON);
  }

  /** Hears of work: only its end may have changed what the status says. */
  worked(ended: boolean): void {
    this.#item.busy = this.#works.busy;
    if (ended) {
      this.soon();
    }
  }

  /** Hears of a completion, which may have warmed the model; while it is warm, nobody is asked for each key. */
  completed(): void {
    if (!this.#warm) {
      this.soon();
    }
  }

  /** Shows what is known. */
  show(status: Status | undefined): void {
    const trouble = this.#keeper.trouble;
    const said = status === undefined ? amiss(trouble?.message) : words(status);
    this.#warm = status?.model.state === "warm" || status?.model.state === "none";
    this.#item.text = said.text;
    this.#item.detail = said.detail;
    this.#item.severity = trouble === undefined ? LanguageStatusSeverity.Information : LanguageStatusSeverity.Error;
    this.#showLines(lines(status));
  }

  dispose(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#timer);
    this.#item.dispose();
    this.#showLines([]);
  }

  #showLines(wanted: readonly Line[]): void {
    for (const [id, item] of this.#lines) {
      if (!wanted.some((line) => line.id === id)) {
        item.dispose();
        this.#lines.delete(id);
      }
    }
    for (const { id, name, text, detail } of wanted) {
      const item = this.#lines.get(id) ?? languages.createLanguageStatusItem(`lastmile.${id}`, PYTHON);
      this.#lines.set(id, item);
      [item.name, item.text, item.detail] = [`Lastmile: ${name}`, text, detail];
    }
  }

  async #look(): Promise<void> {
    this.#item.busy = this.#works.busy;
    const status = await this.#keeper.ask<Status>("lastmile.status");
    this.show(status);
    if (status !== undefined && status.last !== this.#last) {
      this.#last = status.last;
      void tickFixed(status);
    }
  }
}
