// Which edits the person sees as a diff before they are applied: what nothing passed, and what is long.
// The editor shows the diff where an edit's annotation asks for it; this module asks.

import type { WorkspaceEdit } from "vscode-languageserver-protocol";

/** How the server's labels begin for what no check passed; editors/README.md says so to all clients. */
const UNVERIFIED = "Unverified: ";

/** Gives the edit, to be confirmed where it is unverified or changes more lines than `most`. */
export function previewed(edit: WorkspaceEdit, most: number): WorkspaceEdit {
  const notes = Object.entries(edit.changeAnnotations ?? {});
  const unverified = notes.some(([, note]) => note.label.startsWith(UNVERIFIED));
  if (notes.length === 0 || (!unverified && linesOf(edit) <= most)) {
    return edit;
  }
  const asked = notes.map(([id, note]) => [id, { ...note, needsConfirmation: true }] as const);
  return { ...edit, changeAnnotations: Object.fromEntries(asked) };
}

/** Counts the lines that an edit takes away or puts in, whichever is more at each place. */
export function linesOf(edit: WorkspaceEdit): number {
  let lines = 0;
  for (const change of edit.documentChanges ?? []) {
    for (const one of "edits" in change ? change.edits : []) {
      const text = "newText" in one ? one.newText : one.snippet.value;
      const old = one.range.end.line - one.range.start.line;
      lines += Math.max(old, text.split("\n").length - 1, 1);
    }
  }
  return lines;
}
