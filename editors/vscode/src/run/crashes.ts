// Says whether a server that ended by itself is to be started again.

/** Crashes within the window, the last one included, after which it is left alone. */
export const MOST = 3;
/** Milliseconds. */
export const WINDOW = 180_000;

/** The crashes of the last minutes. */
export class Crashes {
  #at: number[] = [];

  /** Notes a crash; tells whether to start again. */
  again(now: number): boolean {
    this.#at = [...this.#at.filter((at) => now - at < WINDOW), now];
    return this.#at.length < MOST;
  }

  /** Forgets them: the person wants another try. */
  forget(): void {
    this.#at = [];
  }
}
