// Opens what the server wants opened: pages by the system, or in a tab where that cannot reach them; reports rendered.

import { ColorThemeKind, commands, env, UIKind, Uri, ViewColumn, window, workspace } from "vscode";
import type { ShowDocumentRequest } from "vscode-languageserver-protocol";
import { isReport, linked, themed } from "./report";

/** Shows a document as the client does, but for reports, and for a file that a browser elsewhere cannot open. */
export const showDocument: ShowDocumentRequest.MiddlewareSignature = async (params, token, next) => {
  const uri = Uri.parse(params.uri);
  const isFile = uri.scheme === "file";
  if (isFile && params.external !== true && isReport(uri.path)) {
    return (await succeeds(showReport(uri))) ? { success: true } : next(params, token);
  }
  if (params.external !== true || !isFile || !isAfar()) {
    return next(params, token);
  }
  return { success: await succeeds(showPage(uri)) };
};

function succeeds(doing: Promise<void>): Promise<boolean> {
  return doing.then(() => true, () => false);
}

/** Tells whether the person sits elsewhere than the files are: at a browser, or at another machine. */
function isAfar(): boolean {
  return env.uiKind === UIKind.Web || env.remoteName !== undefined;
}

/** Shows a report as it is to be read; the preview's own button shows the text behind it. */
async function showReport(uri: Uri): Promise<void> {
  const text = new TextDecoder().decode(await workspace.fs.readFile(uri));
  await workspace.fs.writeFile(uri, new TextEncoder().encode(linked(text, uri.fsPath)));
  await commands.executeCommand("markdown.showPreview", uri);
}

/** Shows a page in a tab. No script of it runs, and it reads nothing beside itself. */
async function showPage(uri: Uri): Promise<void> {
  const text = new TextDecoder().decode(await workspace.fs.readFile(uri));
  const title = /<title>([^<]*)<\/title>/.exec(text)?.[1] ?? "Lastmile";
  const tab = window.createWebviewPanel("lastmile.page", title, ViewColumn.Active, { localResourceRoots: [] });
  const show = (): void => { tab.webview.html = themed(text, isDark()); };
  const watched = window.onDidChangeActiveColorTheme(show);
  tab.onDidDispose(() => { watched.dispose(); });
  show();
}

function isDark(): boolean {
  return [ColorThemeKind.Dark, ColorThemeKind.HighContrast].includes(window.activeColorTheme.kind);
}
