// What stands between the editor and the server: settings, previews, and a look at what goes by for the status.

import { extensions, Uri, workspace } from "vscode";
import type { CodeAction, ConfigurationParams } from "vscode-languageserver-protocol";
import { CancellationToken, type Middleware } from "vscode-languageclient/node";
import { previewed } from "./preview";
import { SECTION, told } from "./settings";

const RUFF = "charliermarsh.ruff";
/** Lines of an edit beyond which it is shown first, where the setting is none. */
const MOST = 60;

/** What wants to know of what goes by. */
export interface Watching {
  /** Work began or ended, by its token. */
  readonly work: (token: string | number, running: boolean) => void;
  /** Something happened that changes what the status shows. */
  readonly happened: () => void;
}

/** Makes the middleware of one client. */
export function makeMiddleware(names: readonly string[], watching: Watching): Middleware {
  return {
    workspace: {
      configuration: (params) => configuration(params, names),
      handleApplyEdit: (params, next) =>
        next({ ...params, edit: previewed(params.edit, mostLines()) }, CancellationToken.None),
    },
    handleWorkDoneProgress: (token, params, next) => {
      watching.work(token, params.kind !== "end");
      next(token, params);
    },
    provideInlineCompletionItems: async (document, position, context, token, next) => {
      const found = await next(document, position, context, token);
      watching.happened();
      return found;
    },
    sendRequest: async (type, param, token, next) => {
      const result = await next(type, param, token);
      const method = typeof type === "string" ? type : type.method;
      return method === "codeAction/resolve" ? (resolved(result as CodeAction) as typeof result) : result;
    },
  };
}

function resolved(action: CodeAction): CodeAction {
  return action.edit === undefined ? action : { ...action, edit: previewed(action.edit, mostLines()) };
}

function mostLines(): number {
  const most = workspace.getConfiguration(SECTION).get<unknown>("preview.lines");
  return typeof most === "number" ? most : MOST;
}

function configuration(params: ConfigurationParams, names: readonly string[]): unknown[] {
  const surroundings = { trusted: workspace.isTrusted, ruff: extensions.getExtension(RUFF) !== undefined };
  return params.items.map((item) => {
    const scope = item.scopeUri === undefined ? undefined : Uri.parse(item.scopeUri);
    const values = workspace.getConfiguration(SECTION, scope);
    return told(names, (name) => values.inspect(name), surroundings);
  });
}
