// Keeps the edits that entries of a menu brought along until one is chosen: the server need not be asked again.

import type { CodeAction, Command } from "vscode-languageserver-protocol";

/** The entries whose edits were made ahead. Each is forgotten with the menu that it stands in. */
export class Kept {
  /** By the entry's data, which the client hands through as it came. */
  readonly #entries = new WeakMap<object, CodeAction>();

  /**
   * Gives an entry without the edit that it brought along: it comes again once the entry is chosen, where it is held
   * to the document's version and shown first if it is long. The editor itself does neither.
   */
  take(entry: CodeAction | Command): CodeAction | Command {
    const lazy = { ...entry } as CodeAction; // a command has no edit either way
    const data: unknown = lazy.data;
    if (lazy.edit === undefined || typeof data !== "object" || data === null) {
      return entry;
    }
    this.#entries.set(data, entry as CodeAction);
    delete lazy.edit;
    delete lazy.command;
    return lazy;
  }

  /** Gives the whole of an entry that is chosen, with the command by which the server hears of it; nothing for any other. */
  find(entry: CodeAction): CodeAction | undefined {
    const data: unknown = entry.data;
    return typeof data === "object" && data !== null ? this.#entries.get(data) : undefined;
  }
}
