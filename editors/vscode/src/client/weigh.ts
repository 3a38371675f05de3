// Which edits the person sees as a difference before they are applied: what nothing passed, and what is long.

import type { Position, TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver-protocol";

/** How the server's labels begin for what no check passed; docs/clients.md says so to all clients. */
const UNVERIFIED = "Unverified: ";

/** Tells whether an edit is to be looked at first: it is unverified, or changes more lines than `most`. */
export function wantsLook(edit: WorkspaceEdit, most: number): boolean {
  return textEdits(edit).length > 0 && (isUnverified(edit) || linesOf(edit) > most);
}

/** Tells whether no check passed it. */
export function isUnverified(edit: WorkspaceEdit): boolean {
  return Object.values(edit.changeAnnotations ?? {}).some((note) => note.label.startsWith(UNVERIFIED));
}

/** Gives what an edit is called. */
export function labelOf(edit: WorkspaceEdit): string {
  const [note] = Object.values(edit.changeAnnotations ?? {});
  return note?.label ?? "Lastmile";
}

/** Gives what an edit is called, with its receipt, which need not say again that no check passed it. */
export function titleOf(edit: WorkspaceEdit): string {
  const [note] = Object.values(edit.changeAnnotations ?? {});
  const receipt = isUnverified(edit) ? note?.description?.replace(/^unverified, /, "") : note?.description;
  return [labelOf(edit), receipt].filter(Boolean).join(": ");
}

/** Counts the lines that an edit takes away or puts in, whichever is more at each place. */
export function linesOf(edit: WorkspaceEdit): number {
  let lines = 0;
  for (const one of textEdits(edit).flatMap((change) => change.edits)) {
    lines += Math.max(one.range.end.line - one.range.start.line, newText(one).split("\n").length - 1, 1);
  }
  return lines;
}

/** Gives the changes of texts in an edit, without what makes or renames files. */
export function textEdits(edit: WorkspaceEdit): TextDocumentEdit[] {
  return (edit.documentChanges ?? []).filter((change): change is TextDocumentEdit => "edits" in change);
}

/** Names the files that an edit changes or makes. */
export function urisOf(edit: WorkspaceEdit): string[] {
  const made = (edit.documentChanges ?? []).flatMap((change) => ("kind" in change && change.kind === "create" ? [change.uri] : []));
  return [...new Set([...made, ...textEdits(edit).map((change) => change.textDocument.uri)])];
}

/** Gives a text as an edit makes it; of what is put in at one place, the first stands first. */
export function edited(text: string, change: TextDocumentEdit, offset: (position: Position) => number): string {
  const edits = change.edits.map((one) => ({ start: offset(one.range.start), end: offset(one.range.end), text: newText(one) }));
  let made = text;
  for (const one of edits.reverse().sort((first, second) => second.start - first.start)) {
    made = made.slice(0, one.start) + one.text + made.slice(one.end);
  }
  return made;
}

/** Gives what an edit writes into a file that it makes. */
export function plain(change: TextDocumentEdit): string {
  return change.edits.map(newText).join("");
}

function newText(one: TextDocumentEdit["edits"][number]): string {
  return "newText" in one ? one.newText : one.snippet.value;
}

/** Names the document that changed since the edit was made for it; nothing where all are as they were. */
export function changedSince(edit: WorkspaceEdit, versionOf: (uri: string) => number | undefined): string | undefined {
  const known = textEdits(edit).map((change) => change.textDocument);
  return known.find(({ uri, version }) => version !== null && (versionOf(uri) ?? version) !== version)?.uri;
}
