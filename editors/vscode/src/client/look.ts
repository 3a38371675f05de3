// Shows an edit as a difference, and asks whether to apply it.

import { basename } from "node:path";
import {
  commands,
  Position,
  TabInputTextDiff,
  Uri,
  window,
  workspace,
  type Disposable,
  type TextDocument,
  type TextDocumentContentProvider,
} from "vscode";
import type { TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver-protocol";
import { edited, isUnverified, labelOf, plain, textEdits, titleOf } from "./weigh";

const SCHEME = "lastmile-preview";
const APPLY = "Apply";
const NOT = "Throw away";

/** The differences that are being looked at. */
export class Looks implements TextDocumentContentProvider, Disposable {
  /** The texts as they would be, by the URI of their page: two questions about one file have a page each. */
  readonly #texts = new Map<string, string>();
  readonly #registered: Disposable;
  #count = 0;

  constructor() {
    this.#registered = workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.toString()) ?? "";
  }

  /** Shows the difference; tells whether the person wants it. Closing the question is a no. */
  async ask(edit: WorkspaceEdit): Promise<boolean> {
    const pages: Uri[] = [];
    try {
      for (const change of textEdits(edit)) {
        pages.push(await this.#show(change, labelOf(edit)));
      }
      const way = isUnverified(edit) ? window.showWarningMessage : window.showInformationMessage;
      return (await way(titleOf(edit), APPLY, NOT)) === APPLY;
    } finally {
      await this.#close(pages);
    }
  }

  dispose(): void {
    this.#registered.dispose();
  }

  async #show(change: TextDocumentEdit, label: string): Promise<Uri> {
    const uri = Uri.parse(change.textDocument.uri);
    const document = await workspace.openTextDocument(uri).then((one) => one, () => undefined);
    this.#count += 1;
    const page = uri.with({ scheme: SCHEME, authority: "", query: String(this.#count) });
    this.#texts.set(page.toString(), document === undefined ? plain(change) : changed(document, change));
    const left = document === undefined ? page.with({ path: "/nothing" }) : uri; // a file that the edit makes
    await commands.executeCommand("vscode.diff", left, page, `${basename(uri.path)}: ${label}`, { preview: true });
    return page;
  }

  async #close(pages: readonly Uri[]): Promise<void> {
    const shown = new Set(pages.map((page) => page.toString()));
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
    const ours = tabs.filter(({ input }) => input instanceof TabInputTextDiff && shown.has(input.modified.toString()));
    await window.tabGroups.close(ours);
    shown.forEach((page) => this.#texts.delete(page));
  }
}

/** Gives the text as it would be. */
function changed(document: TextDocument, change: TextDocumentEdit): string {
  return edited(document.getText(), change, ({ line, character }) => document.offsetAt(new Position(line, character)));
}
