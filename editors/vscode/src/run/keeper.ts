// Owns the server's process by way of its client: starts it, starts it again, and gives up where that helps nobody.

import { EventEmitter, type Disposable, type LogOutputChannel } from "vscode";
import { LSPErrorCodes, ResponseError, State, type LanguageClient, type Middleware } from "vscode-languageclient/node";
import type { Found, Server } from "../find/find";
import { tell, type Trouble } from "../tell";
import { answered } from "./answer";
import { makeClient } from "./client";
import { Crashes } from "./crashes";
import { Queue } from "./queue";
import { crashing, misnamed, missing, notStarted, old, refused, silent, starting, twice } from "./troubles";
import { isOlder, LEAST } from "./version";

/** Milliseconds that `initialize` may take; a cold disk on a slow machine needs seconds. */
const PATIENCE = 30_000;
/** Milliseconds that a server may take to leave. */
const FAREWELL = 3_000;

export interface Means {
  readonly log: LogOutputChannel;
  readonly find: () => Promise<Found>;
  /** Whether another client has the server's commands; asked while no client of ours is there. */
  readonly isServed: () => Promise<boolean>;
  /** The environment of the server's process; it alone carries the key. */
  readonly env: () => Promise<NodeJS.ProcessEnv>;
  readonly middleware: () => Middleware;
  /** Hears what the server has against settings. */
  readonly misset: (lines: readonly string[]) => void;
  /** Hears that what the server says of itself has changed. */
  readonly statusChanged: () => void;
}

/** The one server of this window. */
export class Keeper implements Disposable {
  readonly #means: Means;
  readonly #queue = new Queue();
  readonly #crashes = new Crashes();
  readonly #changed = new EventEmitter<void>();
  #client: LanguageClient | undefined;
  #server: Server | undefined;
  #trouble: Trouble | undefined;
  /** Whether it is another client that has the server's commands. */
  #isRival = false;

  /** Fires when the server has come, or gone, or cannot be had. */
  readonly onChange = this.#changed.event;

  constructor(means: Means) {
    this.#means = means;
  }

  /** The client of a server that answers. */
  get client(): LanguageClient | undefined {
    return this.#client?.state === State.Running ? this.#client : undefined;
  }

  /** The server that was taken. */
  get server(): Server | undefined {
    return this.#server;
  }

  /** Why there is no server, once that is known. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Gives the environment of the server. */
  env(): Promise<NodeJS.ProcessEnv> {
    return this.#means.env();
  }

  /** Has the server do one of its commands; gives nothing where there is no server, or it refuses. */
  async ask<T>(command: string, ...args: unknown[]): Promise<T | undefined> {
    try {
      return await this.client?.sendRequest<T>("workspace/executeCommand", { command, arguments: args });
    } catch (error) {
      this.#means.log.warn(`${command} was refused: ${String(error)}`);
      return undefined;
    }
  }

  /**
   * Has the server do what the person asked for just now, who is told where that fails; cancelling is no failure.
   * Gives what it answered, and undefined where it did not.
   */
  async order(command: string, ...args: unknown[]): Promise<unknown> {
    const client = this.client;
    if (client === undefined) {
      await tell(this.#trouble ?? starting());
      return undefined;
    }
    try {
      return await client.sendRequest("workspace/executeCommand", { command, arguments: args });
    } catch (error) {
      if (!(error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled)) {
        void tell(refused(inWords(error)));
      }
      return undefined;
    }
  }

  /** Looks for the server again, and starts it anew where another one is to be taken. */
  async lookAgain(): Promise<void> {
    const found = await this.#means.find();
    const same = found.kind === "server" && found.server.command === this.#server?.command;
    if (!same || this.client === undefined) {
      await this.restart();
    }
  }

  /** Starts the server where another client had its commands, and has them no longer. */
  async takeOver(): Promise<void> {
    if (this.#isRival && !(await this.#means.isServed())) {
      await this.restart();
    }
  }

  /** Starts the server, or starts it anew; another start that comes meanwhile is done after it, once. */
  async restart(): Promise<void> {
    this.#crashes.forget();
    await this.#again();
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    await this.#queue.run(() => this.#stop());
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #again(): Promise<void> {
    await this.#queue.run(async () => {
      this.#trouble = undefined;
      await this.#stop();
      this.#changed.fire(); // what the old server was at has ended
      try {
        await this.#start();
      } catch (error) {
        this.#give(notStarted(inWords(error)));
      }
      this.#changed.fire();
    });
  }

  async #start(): Promise<void> {
    this.#isRival = false;
    const found = await this.#means.find();
    if (found.kind !== "server") {
      this.#server = undefined;
      this.#give(found.kind === "missing" ? missing() : misnamed(found.path));
      return;
    }
    if (await this.#means.isServed()) {
      this.#isRival = true;
      this.#server = undefined;
      this.#give(twice());
      return;
    }
    this.#server = found.server;
    const { command, why } = found.server;
    this.#means.log.info(`Server: ${command}, because ${why}.`);
    const { log, misset, statusChanged: changed } = this.#means;
    const [env, middleware] = [await this.#means.env(), this.#means.middleware()];
    const client = makeClient(found.server, { log, env, middleware, changed, misset, gone: () => { this.#gone(client); } });
    this.#client = client;
    await this.#greet(client, found.server);
  }

  async #greet(client: LanguageClient, server: Server): Promise<void> {
    const answer = await answered(client.start(), PATIENCE);
    const version = client.initializeResult?.serverInfo?.version;
    if (answer === "silent") {
      await this.#stop();
      this.#give(silent(server.command));
    } else if (answer === "failed") {
      this.#gone(client);
    } else if (isOlder(version, LEAST)) {
      await this.#stop();
      this.#give(old(version, LEAST, server));
    } else {
      this.#means.log.info(`The server answers: version ${version ?? ""}.`);
    }
  }

  /** Takes note that a client has lost its server; it may say so more than once. */
  #gone(client: LanguageClient): void {
    if (this.#client !== client) {
      return;
    }
    this.#client = undefined;
    this.#changed.fire();
    if (this.#crashes.again(Date.now())) {
      void this.#again();
    } else {
      this.#give(crashing(this.#server ?? { command: "", isNamed: false }));
    }
  }

  #give(trouble: Trouble): void {
    this.#trouble = trouble;
    this.#means.log.error(trouble.message);
    this.#changed.fire();
    void tell(trouble);
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    try {
      await client?.dispose(FAREWELL);
    } catch (error) {
      this.#means.log.warn(`The server did not leave as it should: ${String(error)}`);
    }
  }
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
