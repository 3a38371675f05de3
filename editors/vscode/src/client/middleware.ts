// What stands between the editor and the server: settings, previews, and a look at what goes by for the status.

import { extensions, Uri, workspace } from "vscode";
import type { CodeAction, CodeActionParams, Command, ConfigurationParams, ExecuteCommandParams } from "vscode-languageserver-protocol";
import { CancellationToken, type Middleware } from "vscode-languageclient/node";
import { remind } from "../tell";
import { Kept } from "./kept";
import type { Looks } from "./look";
import { ANSWERED } from "./messages";
import { showDocument } from "./outside";
import type { Writeable } from "./writeable";
import { previewLines } from "./own";
import type { Works } from "./progress";
import { SECTION, told } from "./settings";
import { changedSince, wantsLook } from "./weigh";

const RUFF = "charliermarsh.ruff";
/** What the editor executes after an edit that a menu's entry brought along. */
const APPLIED = "lastmile.applied";
/** What the editor executes for an entry whose edit comes by itself. */
const APPLY = "lastmile.apply";
const RESOLVE = "codeAction/resolve";

const AGAIN = { title: "Show the menu again", command: "editor.action.quickFix" };

/** What wants to know of what goes by, or has a say in it. */
export interface Watching {
  /** Shows edits before they are applied. */
  readonly looks: Looks;
  /** Knows what may be edited. */
  readonly writeable: Writeable;
  /** Shows the work that the server reports on. */
  readonly works: Works;
  /** Work went on, or ended. */
  readonly worked: (ended: boolean) => void;
  /** A completion came. */
  readonly completed: () => void;
}

/** Makes the middleware of one client. */
export function makeMiddleware(names: readonly string[], watching: Watching): Middleware {
  return {
    workspace: {
      configuration: (params) => configuration(params, names),
      handleApplyEdit: async (params, next) => {
        if (!(await watching.writeable.all(params.edit))) {
          return { applied: false, failureReason: ANSWERED };
        }
        const wanted = !wantsLook(params.edit, mostLines()) || (await watching.looks.ask(params.edit));
        return wanted ? next(params, CancellationToken.None) : { applied: false, failureReason: "you threw it away" };
      },
    },
    window: { showDocument },
    handleWorkDoneProgress: (token, params, next) => {
      watching.works.take(token, params);
      watching.worked(params.kind === "end");
      if (params.kind === "end") {
        next(token, params); // the client forgets the token
      }
    },
    provideInlineCompletionItems: async (document, position, context, token, next) => {
      const found = await next(document, position, context, token);
      watching.completed();
      return found;
    },
    sendRequest: asking(new Kept(), watching),
  };
}

/** Makes what goes by all requests: it knows which edits are there already, and which are to be seen or asked about. */
function asking(kept: Kept, watching: Watching): NonNullable<Middleware["sendRequest"]> {
  return async (type, param, token, next) => {
    const method = typeof type === "string" ? type : type.method;
    const asked = askedOf(method, param);
    if (asked !== undefined && !(await watching.writeable.may(Uri.parse(asked)))) {
      return (method === RESOLVE ? bare(param as CodeAction) : null) as Awaited<ReturnType<typeof next>>;
    }
    const ready = method === RESOLVE ? kept.find(param as CodeAction) : undefined;
    if (ready !== undefined) {
      return (await resolved(ready, asked, watching)) as Awaited<ReturnType<typeof next>>;
    }
    const result = await next(type, param, token);
    if (method === RESOLVE || (param as Partial<ExecuteCommandParams> | undefined)?.command === APPLIED) {
      watching.worked(true); // without a word of progress, where it was quick
    }
    if (method === "textDocument/codeAction" && Array.isArray(result)) {
      return listed(result as (CodeAction | Command)[], param as CodeActionParams, kept, watching) as typeof result;
    }
    return method === RESOLVE ? ((await resolved(result as CodeAction, asked, watching)) as typeof result) : result;
  };
}

/** Gives a menu without the edits that it brought along; where there are any, one may be chosen in a moment. */
function listed(entries: (CodeAction | Command)[], { textDocument }: CodeActionParams, kept: Kept, { writeable }: Watching): (CodeAction | Command)[] {
  const lazy = entries.map((entry) => kept.take(entry));
  if (lazy.some((entry, at) => entry !== entries[at])) {
    writeable.foresee(Uri.parse(textDocument.uri));
  }
  return lazy;
}

/**
 * Gives the action, without its edit where the person does not want it or the document has changed meanwhile. The
 * command goes with it: it would tell of an edit that was applied.
 */
async function resolved(action: CodeAction, asked: string | undefined, { looks, writeable }: Watching): Promise<CodeAction> {
  const { edit } = action;
  if (edit === undefined) {
    return action;
  }
  const without = bare(action);
  if (!(await writeable.all(edit, asked))) {
    return without; // it goes into another file, which may not be written
  }
  if (wantsLook(edit, mostLines()) && !(await looks.ask(edit))) {
    return without;
  }
  // The editor applies an action's edit without a look at the version that it is for.
  const changed = changedSince(edit, versionOf);
  if (changed !== undefined) {
    void remind({ message: `${Uri.parse(changed).path} changed meanwhile; the edit was dropped. Ask again.`, buttons: [AGAIN] });
    return without;
  }
  return action;
}

/** Gives the document that a request would have an edit made for. */
function askedOf(method: string, param: unknown): string | undefined {
  const { data, command, arguments: args } = (param ?? {}) as { data?: unknown; command?: unknown; arguments?: unknown[] };
  const ticket = method === RESOLVE ? data : command === APPLY ? args?.[0] : undefined;
  const uri = typeof ticket === "object" && ticket !== null ? (ticket as { uri?: unknown }).uri : undefined;
  return typeof uri === "string" ? uri : undefined;
}

/** Gives an action that does nothing. */
function bare(action: CodeAction): CodeAction {
  const without = { ...action };
  delete without.edit;
  delete without.command;
  return without;
}

function versionOf(uri: string): number | undefined {
  return workspace.textDocuments.find((one) => one.uri.toString() === Uri.parse(uri).toString())?.version;
}

function mostLines(): number {
  return previewLines(workspace.getConfiguration(SECTION).get<unknown>("preview.lines"));
}

function configuration(params: ConfigurationParams, names: readonly string[]): unknown[] {
  return params.items.map((item) => toldHere(names, item.scopeUri === undefined ? undefined : Uri.parse(item.scopeUri)));
}

/** Gives what the server is told of the settings that hold for a place. */
export function toldHere(names: readonly string[], scope: Uri | undefined): Record<string, unknown> {
  const values = workspace.getConfiguration(SECTION, scope);
  const surroundings = { trusted: workspace.isTrusted, ruff: extensions.getExtension(RUFF) !== undefined };
  return told(names, (name) => values.inspect(name), surroundings);
}
