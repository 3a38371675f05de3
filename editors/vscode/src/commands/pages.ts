// Pages that the server's command line writes, shown as read-only documents: the bill, and the doctor's.

import { EventEmitter, ProgressLocation, Uri, window, workspace, type Disposable, type TextDocumentContentProvider } from "vscode";
import { toldHere } from "../client/middleware";
import { asEnvironment, asSetHere } from "../client/settings";
import type { Keeper } from "../run/keeper";
import { execute } from "../run/process";
import { starting } from "../run/troubles";
import { tell } from "../tell";
import { foldersHere } from "../workplace";

const SCHEME = "lastmile-page";
/** Seconds; the doctor tries a test run and asks model servers. */
const PATIENCE = 60;

export class Pages implements TextDocumentContentProvider, Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new EventEmitter<Uri>();
  readonly #keeper: Keeper;
  readonly #names: readonly string[];
  readonly #registered: Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(keeper: Keeper, names: readonly string[]) {
    this.#keeper = keeper;
    this.#names = names;
    this.#registered = workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.path) ?? "";
  }

  /** Runs a command of the command line in the first folder, and shows what it prints. */
  async show(name: string, args: readonly string[]): Promise<void> {
    const server = this.#keeper.server;
    if (server === undefined) {
      await tell(this.#keeper.trouble ?? starting());
      return;
    }
    const [folder] = foldersHere();
    const own = asEnvironment(toldHere(this.#names, folder));
    const env = { ...(await this.#keeper.env()), ...own };
    const way = { location: ProgressLocation.Window, title: `Lastmile: ${name}` };
    const run = { env, seconds: PATIENCE, cwd: folder?.fsPath };
    const done = await window.withProgress(way, () => execute(server.command, args, run));
    const uri = Uri.from({ scheme: SCHEME, path: `/Lastmile ${name}.txt` });
    this.#texts.set(uri.path, asSetHere(done.out + done.err, own));
    this.#changed.fire(uri);
    await window.showTextDocument(uri, { preview: true });
  }

  dispose(): void {
    this.#registered.dispose();
    this.#changed.dispose();
  }
}
