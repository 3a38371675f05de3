// Puts the extension together, and nothing else.

import { commands, Disposable, extensions, window, workspace, type ExtensionContext } from "vscode";
import { DidChangeConfigurationNotification, WorkDoneProgressCancelNotification } from "vscode-languageclient/node";
import { Looks } from "./client/look";
import { makeMiddleware } from "./client/middleware";
import { misset } from "./client/own";
import { Works } from "./client/progress";
import { SECTION, serverSettings } from "./client/settings";
import { chooseModel, choosePaid } from "./commands/choose";
import { install, type Places } from "./commands/install";
import { instruct } from "./commands/instruct";
import { onKeyChange, setKey, withKey } from "./commands/key";
import { Pages } from "./commands/pages";
import { reports } from "./commands/report";
import { openWalkthrough, tick } from "./commands/walkthrough";
import { watchElsewhere } from "./elsewhere";
import { onInterpreterChange } from "./find/interpreter";
import { Keeper } from "./run/keeper";
import { once } from "./run/queue";
import { notInstalled } from "./run/troubles";
import { StatusItem } from "./status/item";
import { menu } from "./status/menu";
import { tell } from "./tell";
import { findHere, isServedElsewhere, ownEnvironment } from "./workplace";

let stop: (() => Promise<void>) | undefined;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Lastmile", { log: true });
  const own = ownEnvironment(context.globalStorageUri);
  const names = serverSettings(context.extension.packageJSON);
  const keeper = new Keeper({
    log,
    find: () => findHere(own), isServed: isServedElsewhere,
    env: () => withKey(process.env, context.secrets),
    middleware: () =>
      makeMiddleware(names, {
        looks,
        works,
        worked: (ended) => { status.worked(ended); },
        completed: () => { status.completed(); },
      }),
    statusChanged: () => { status.soon(); },
  });
  const works = new Works((token) => {
    void keeper.client?.sendNotification(WorkDoneProgressCancelNotification.type, { token });
  });
  const looks = new Looks();
  const status = new StatusItem(keeper, works);
  const pages = new Pages(keeper, names);
  stop = () => keeper.stop();
  context.subscriptions.push(log, keeper, looks, status, pages, watchElsewhere(context.globalState));
  context.subscriptions.push(onKeyChange(context.secrets, () => void keeper.restart()), ...watch(keeper, status, works));
  const does: Record<string, () => unknown> = {
    restart: () => keeper.restart(),
    showLog: () => { log.show(); },
    menu: () => menu(keeper),
    instructSelection: () => instruct(keeper),
    ...reports(keeper, () => { status.soon(); }),
    showBill: () => pages.show("bill", ["bill"]),
    showDoctor: () => pages.show("doctor", ["doctor"]),
    togglePause: () => keeper.order("lastmile.pause").then(() => { status.soon(); }),
    choosePaid,
    chooseModel: () => chooseModel(keeper),
    setKey: () => setKey(context.secrets),
    install: once(() => installAndStart({ own, shipped: context.asAbsolutePath("server") }, keeper, log)),
    openSettings: () => commands.executeCommand("workbench.action.openSettings", `@ext:${context.extension.id}`),
    openWalkthrough: () => openWalkthrough(`${context.extension.id}#start`, keeper),
  };
  context.subscriptions.push(...Object.entries(does).map(([name, act]) => commands.registerCommand(`lastmile.${name}`, act)));
  void keeper.restart();
}

export async function deactivate(): Promise<void> {
  await stop?.();
}

/** Tells of our own settings that make no sense. */
function tellMisset(): void {
  misset((name) => workspace.getConfiguration(SECTION).get(name)).forEach((trouble) => void tell(trouble));
}

/** Restarts or tells the server when something around it changes, and the person what makes no sense. */
function watch(keeper: Keeper, status: StatusItem, works: Works): Disposable[] {
  const changed = (): void => {
    void keeper.client?.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    status.soon();
  };
  tellMisset();
  const watched = onInterpreterChange(() => void keeper.lookAgain());
  return [
    new Disposable(() => { void watched.then((one) => { one?.dispose(); }); }),
    extensions.onDidChange(changed),
    // A folder that is trusted from now on may have a server in its environment.
    workspace.onDidGrantWorkspaceTrust(() => void keeper.restart()),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.preview`) || event.affectsConfiguration(`${SECTION}.server.package`)) {
        tellMisset();
      }
      if (event.affectsConfiguration(`${SECTION}.server.path`) || event.affectsConfiguration(`${SECTION}.claude.keyVariable`)) {
        void keeper.restart();
      } else if (event.affectsConfiguration(SECTION)) {
        status.soon();
      }
    }),
    keeper.onChange(() => {
      if (keeper.client === undefined) {
        works.clear();
      }
      void commands.executeCommand("setContext", "lastmile.running", keeper.client !== undefined);
      void tick(keeper);
      status.soon();
    }),
  ];
}

async function installAndStart(places: Places, keeper: Keeper, log: Parameters<typeof install>[1]): Promise<void> {
  const installed = await install(places, log);
  if (installed.kind === "done") {
    await keeper.restart();
  } else if (installed.kind === "failed") {
    log.error(installed.why);
    void tell(notInstalled(installed.why)); // its button begins anew, so nothing may wait for it
  }
}
