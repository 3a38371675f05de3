// Programs in the place of which the person had another installed: else they would be taken again.

import { stat } from "node:fs/promises";
import type { Memento } from "vscode";

const PASSED = "lastmile.passedOver";

/** The programs that are passed over, each as long as it stays as it was. */
export class Passed {
  readonly #memory: Memento;

  constructor(memory: Memento) {
    this.#memory = memory;
  }

  /** Passes a program over from now on. */
  async add(path: string): Promise<void> {
    await this.#memory.update(PASSED, [...new Set([...this.#all(), await mark(path)])]);
  }

  /** Tells whether a program is passed over. */
  async has(path: string): Promise<boolean> {
    const all = this.#all();
    return all.length > 0 && all.includes(await mark(path));
  }

  #all(): readonly string[] {
    return this.#memory.get<readonly string[]>(PASSED, []);
  }
}

/** Names a program as it is now; one that is installed anew has another time. */
async function mark(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return `${String(found?.mtimeMs)} ${path}`;
}
