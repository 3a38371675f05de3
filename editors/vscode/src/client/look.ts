// Shows an edit as a difference, and asks whether to apply it.

import { commands, Position, TabInputTextDiff, Uri, window, workspace, type Disposable, type TextDocument } from "vscode";
import type { TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver-protocol";
import { isUnverified, textEdits, titleOf } from "./weigh";

const SCHEME = "lastmile-preview";
const APPLY = "Apply";
const NOT = "Throw away";

/** The texts as they would be, by the path of their page. */
const texts = new Map<string, string>();

/** Lets the editor read the texts that are shown. */
export function registerLooks(): Disposable {
  return workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: (uri) => texts.get(uri.path) ?? "",
  });
}

/** Shows the difference; tells whether the person wants it. Closing the question is a no. */
export async function look(edit: WorkspaceEdit): Promise<boolean> {
  const title = titleOf(edit);
  const pages: Uri[] = [];
  try {
    for (const change of textEdits(edit)) {
      pages.push(await show(change, title));
    }
    const ask = isUnverified(edit) ? window.showWarningMessage : window.showInformationMessage;
    return (await ask(title, APPLY, NOT)) === APPLY;
  } finally {
    await close(pages);
  }
}

async function show(change: TextDocumentEdit, title: string): Promise<Uri> {
  const uri = Uri.parse(change.textDocument.uri);
  const document = await workspace.openTextDocument(uri).then((one) => one, () => undefined);
  const page = uri.with({ scheme: SCHEME, authority: "", query: String(Date.now()) });
  texts.set(page.path, document === undefined ? plain(change) : changed(document, change));
  const left = document === undefined ? page.with({ path: "/nothing" }) : uri; // a file that the edit makes
  await commands.executeCommand("vscode.diff", left, page, title, { preview: true });
  return page;
}

/** Gives the text as it would be. */
function changed(document: TextDocument, change: TextDocumentEdit): string {
  const at = ({ line, character }: { line: number; character: number }): number =>
    document.offsetAt(new Position(line, character));
  const edits = change.edits.map((one) => ({
    start: at(one.range.start),
    end: at(one.range.end),
    text: "newText" in one ? one.newText : one.snippet.value,
  }));
  let text = document.getText();
  for (const one of edits.sort((first, second) => second.start - first.start)) {
    text = text.slice(0, one.start) + one.text + text.slice(one.end);
  }
  return text;
}

function plain(change: TextDocumentEdit): string {
  return change.edits.map((one) => ("newText" in one ? one.newText : one.snippet.value)).join("");
}

async function close(pages: readonly Uri[]): Promise<void> {
  const shown = new Set(pages.map((page) => page.path));
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  const ours = tabs.filter(
    ({ input }) => input instanceof TabInputTextDiff && input.modified.scheme === SCHEME && shown.has(input.modified.path),
  );
  await window.tabGroups.close(ours);
  shown.forEach((path) => texts.delete(path));
}
