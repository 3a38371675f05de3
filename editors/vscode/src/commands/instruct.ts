// `Lastmile: Instruct…`: an instruction in words for the selection, or for the line of the cursor.

import { basename } from "node:path";
import { languages, Range, window, type TextEditor } from "vscode";
import { SELECTOR } from "../client/documents";
import { takesKeys } from "../client/front";
import type { Writeable } from "../client/writeable";
import type { Keeper } from "../run/keeper";
import { nobodyFollows, nothingOpen, notServed } from "../run/troubles";
import type { Status } from "../status/words";
import { tell } from "../tell";

const INSTRUCT = "lastmile.instruct";

/** Whether the editor in front is read-only, where whoever asks for this knows it: the editor's own menus do. */
export type Front = "read-only" | "writeable" | "unknown";

/** Asks for the instruction, and has the server do it. */
export async function instruct(keeper: Keeper, writeable: Writeable, front: Front): Promise<void> {
  const editor = window.activeTextEditor;
  if (editor === undefined) {
    void tell(nothingOpen());
  } else if (languages.match(SELECTOR, editor.document) === 0) {
    void tell(notServed(basename(editor.document.fileName)));
  } else if (keeper.client === undefined) {
    await keeper.order(INSTRUCT); // which says why there is no server
  } else if (await somebodyFollows(keeper, keeper.client.code2ProtocolConverter.asUri(editor.document.uri))) {
    const { uri } = editor.document;
    const isLocked = front === "read-only" || (front === "unknown" && !(await takesKeys(editor.document)));
    if (await (isLocked ? writeable.open(uri) : writeable.may(uri))) {
      await ask(keeper, editor);
    }
  }
}

/** Tells whether a tier can follow words for a document; the person is told where none can, before they write any. */
async function somebodyFollows(keeper: Keeper, uri: string): Promise<boolean> {
  const status = await keeper.ask<Status>("lastmile.status", uri);
  const off = status?.instruct?.off ?? "";
  if (status !== undefined && off !== "") {
    void tell(nobodyFollows(off, status.paid));
  }
  return off === "";
}

async function ask(keeper: Keeper, editor: TextEditor): Promise<void> {
  const { document, selection } = editor;
  const lines = whole(selection, document.lineCount);
  const words = await window.showInputBox({
    title: "Lastmile: Instruct",
    prompt: `What to do with line ${lines.start.line + 1}${lines.end.line > lines.start.line + 1 ? ` to ${lines.end.line}` : ""}`,
    placeHolder: "Read the file line by line instead of all at once",
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? "Say what to do." : undefined),
  });
  const client = keeper.client;
  if (words !== undefined && client !== undefined) {
    const uri = client.code2ProtocolConverter.asUri(document.uri);
    await keeper.order(INSTRUCT, uri, client.code2ProtocolConverter.asRange(document.validateRange(lines)), words);
  }
}

/** Widens a selection to whole lines. */
function whole(selection: Range, count: number): Range {
  const ends = selection.end.character === 0 && !selection.isEmpty ? selection.end.line : selection.end.line + 1;
  return new Range(selection.start.line, 0, Math.min(ends, count), 0);
}
