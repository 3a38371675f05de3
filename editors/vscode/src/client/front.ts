// Whether the editor in front takes keys, which no API tells: a person may have made it read-only for the session.

import { CodeAction, CodeActionKind, commands, languages, type CodeActionProvider, type TextDocument } from "vscode";
import { SELECTOR } from "./documents";

/** A kind of action that nobody but we offer, and only while we want to know. */
const KIND = CodeActionKind.Empty.append("lastmileTakesKeys");
/** Milliseconds that we go on offering it: whoever asks is waiting for the answer still. */
const MOMENT = 1000;

/**
 * Tells whether the editor of a document, which is in front, takes keys. VS Code asks nobody for the actions of a
 * read-only editor. It is told to ask, so the question that comes to us is a yes; it comes before the command is over.
 */
export async function takesKeys(document: TextDocument): Promise<boolean> {
  let isAsked = false;
  const provider: CodeActionProvider = {
    provideCodeActions: (about, _range, { only }) => {
      if (only?.value !== KIND.value) {
        return [];
      }
      isAsked ||= about === document;
      return [new CodeAction("Lastmile", KIND)]; // one that does nothing: of none at all the person would be told
    },
  };
  const offered = languages.registerCodeActionsProvider(SELECTOR, provider, { providedCodeActionKinds: [KIND] });
  try {
    await commands.executeCommand("editor.action.codeAction", { kind: KIND.value, apply: "first" });
    return isAsked;
  } finally {
    setTimeout(() => { offered.dispose(); }, MOMENT);
  }
}
