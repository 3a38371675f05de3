// Keeps what was found of a file when a menu came for it: whoever then chooses a fix that is ready waits for no disk.

/** Milliseconds that it holds: somebody reads a menu that long, and a file is not made read-only meanwhile. */
const FRESH = 10_000;

interface Seen {
  readonly key: string;
  readonly at: number;
  readonly free: Promise<boolean>;
}

/** What was seen of one file, the last that a menu came for. */
export class Foreseen {
  readonly #now: () => number;
  #last: Seen | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes a look that has begun, which tells whether nothing keeps the file from being written. */
  take(key: string, free: Promise<boolean>): void {
    this.#last = { key, at: this.#now(), free };
  }

  /** Tells whether a file was free when it was seen last, a moment ago; no where that is not known. */
  async isFree(key: string): Promise<boolean> {
    const seen = this.#last;
    return seen?.key === key && this.#now() - seen.at < FRESH && (await seen.free);
  }
}
