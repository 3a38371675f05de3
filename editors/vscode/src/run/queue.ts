// Runs one job at a time. In a queue, of those that come while one runs, only the last is done after it.

/** One job running, one waiting. */
export class Queue {
  #running: Promise<void> | undefined;
  #waiting: (() => Promise<void>) | undefined;

  /** Runs the job, or has it wait in the place of whatever waits; done when nothing runs or waits any more. */
  async run(job: () => Promise<void>): Promise<void> {
    this.#waiting = job;
    this.#running ??= this.#drain();
    await this.#running;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#waiting !== undefined) {
        const job = this.#waiting;
        this.#waiting = undefined;
        await job();
      }
    } finally {
      this.#running = undefined;
    }
  }
}

/** Makes a job that runs once at a time: who asks for it meanwhile waits for the one that runs. */
export function once(job: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= job().finally(() => { running = undefined; });
    return running;
  };
}
