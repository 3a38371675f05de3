// `Lastmile: Instruct…`: an instruction in words for the selection, or for the line of the cursor.

import { Range, window } from "vscode";
import type { Keeper } from "../run/keeper";
import { nothingOpen } from "../run/troubles";
import { tell } from "../tell";

const INSTRUCT = "lastmile.instruct";

/** Asks for the instruction, and has the server do it. */
export async function instruct(keeper: Keeper): Promise<void> {
  const editor = window.activeTextEditor;
  const client = keeper.client;
  if (editor === undefined) {
    void tell(nothingOpen());
    return;
  }
  if (client === undefined) {
    await keeper.order(INSTRUCT); // which says why there is no server
    return;
  }
  const { document, selection } = editor;
  const lines = whole(selection, document.lineCount);
  const words = await window.showInputBox({
    title: "Lastmile: Instruct",
    prompt: `What to do with line ${lines.start.line + 1}${lines.end.line > lines.start.line + 1 ? ` to ${lines.end.line}` : ""}`,
    placeHolder: "Read the file line by line instead of all at once",
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? "Say what to do." : undefined),
  });
  if (words !== undefined) {
    const uri = client.code2ProtocolConverter.asUri(document.uri);
    await keeper.order(INSTRUCT, uri, client.code2ProtocolConverter.asRange(document.validateRange(lines)), words);
  }
}

/** Widens a selection to whole lines. */
function whole(selection: Range, count: number): Range {
  const ends = selection.end.character === 0 && !selection.isEmpty ? selection.end.line : selection.end.line + 1;
  return new Range(selection.start.line, 0, Math.min(ends, count), 0);
}
