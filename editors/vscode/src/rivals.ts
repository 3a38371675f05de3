// Another client that came later and serves the same documents: its findings stand beside ours, each twice.

import { Disposable, languages, workspace, type Diagnostic, type Uri } from "vscode";
import { isDoubled, type Finding } from "./client/doubles";
import { twiceShown } from "./run/troubles";
import { tell } from "./tell";

/** Milliseconds that it has to stay so: a client that ends takes what it showed away in a moment. */
const MOMENT = 2000;

/** Watches for findings that are shown twice while `serves` says that our client runs; tells once a window. */
export function watchRivals(serves: () => boolean): Disposable {
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  const look = (): void => {
    timer = undefined;
    if (!told && serves() && workspace.textDocuments.some(({ uri }) => shownTwice(uri))) {
      told = true;
      void tell(twiceShown());
    }
  };
  const watched = languages.onDidChangeDiagnostics(({ uris }) => {
    if (!told && serves() && uris.some(shownTwice)) {
      timer ??= setTimeout(look, MOMENT);
    }
  });
  return Disposable.from(watched, new Disposable(() => { clearTimeout(timer); }));
}

function shownTwice(uri: Uri): boolean {
  return isDoubled(languages.getDiagnostics(uri).map(finding));
}

function finding({ source, code, message, range }: Diagnostic): Finding {
  const name = typeof code === "object" ? code.value : code;
  const { start, end } = range;
  return { source: source ?? "", what: [name, message, start.line, start.character, end.line, end.character].join("\n") };
}
