// Opens what the server wants opened outside of the editor: by the system, or in a tab where that cannot reach it.

import { env, UIKind, Uri, ViewColumn, window, workspace } from "vscode";
import type { ShowDocumentRequest } from "vscode-languageserver-protocol";

/** Shows a document as the client does, but for a file that a browser elsewhere cannot open. */
export const showDocument: ShowDocumentRequest.MiddlewareSignature = async (params, token, next) => {
  const uri = Uri.parse(params.uri);
  if (params.external !== true || uri.scheme !== "file" || !isAfar()) {
    return next(params, token);
  }
  return { success: await showPage(uri).then(() => true, () => false) };
};

/** Tells whether the person sits elsewhere than the files are: at a browser, or at another machine. */
function isAfar(): boolean {
  return env.uiKind === UIKind.Web || env.remoteName !== undefined;
}

/** Shows a page in a tab. No script of it runs, and it reads nothing beside itself. */
async function showPage(uri: Uri): Promise<void> {
  const text = new TextDecoder().decode(await workspace.fs.readFile(uri));
  const title = /<title>([^<]*)<\/title>/.exec(text)?.[1] ?? "Lastmile";
  const tab = window.createWebviewPanel("lastmile.page", title, ViewColumn.Active, { localResourceRoots: [] });
  tab.webview.html = text;
}
