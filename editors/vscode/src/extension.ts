// Puts the extension together, and nothing else.

import { commands, Disposable, extensions, window, workspace, type ExtensionContext, type LogOutputChannel } from "vscode";
import { DidChangeConfigurationNotification, WorkDoneProgressCancelNotification } from "vscode-languageclient/node";
import { Looks } from "./client/look";
import { makeMiddleware } from "./client/middleware";
import { Gather } from "./client/gather";
import { misset } from "./client/own";
import { Works } from "./client/progress";
import { Writeable } from "./client/writeable";
import { SECTION, serverSettings } from "./client/settings";
import { chooseModel, choosePaid } from "./commands/choose";
import { instruct } from "./commands/instruct";
import { keyState, onKeyChange, setKey, withKey } from "./commands/key";
import { Pages } from "./commands/pages";
import { installAndStart } from "./commands/renew";
import { reports } from "./commands/report";
import { openSettings } from "./commands/settings";
import { openWalkthrough, tick } from "./commands/walkthrough";
import { watchElsewhere } from "./elsewhere";
import { watchHuge } from "./huge";
import { onInterpreterChange } from "./find/interpreter";
import { Passed } from "./find/passed";
import { watchRivals } from "./rivals";
import { Keeper } from "./run/keeper";
import { once } from "./run/queue";
import { misset as missetTrouble } from "./run/troubles";
import { StatusItem } from "./status/item";
import { menu } from "./status/menu";
import { remind } from "./tell";
import { findHere, isServedElsewhere, ownEnvironment } from "./workplace";

let stop: (() => Promise<void>) | undefined;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Lastmile", { log: true });
  const own = ownEnvironment(context.globalStorageUri);
  const passed = new Passed(context.globalState);
  const names = serverSettings(context.extension.packageJSON);
  const keeper = new Keeper({
    log,
    find: () => findHere(own, passed), isServed: isServedElsewhere,
    env: () => withKey(process.env, context.secrets),
    middleware: () =>
      makeMiddleware(names, {
        looks,
        writeable,
        works,
        worked: (ended) => { status.worked(ended); },
        completed: () => { status.completed(); },
      }),
    misset: (lines) => { gather.add(lines); },
    statusChanged: () => { status.soon(); },
  });
  const works = new Works((token) => {
    void keeper.client?.sendNotification(WorkDoneProgressCancelNotification.type, { token });
  });
  const [looks, writeable] = [new Looks(), new Writeable()];
  const isSettled = (): boolean => keeper.client !== undefined || keeper.trouble !== undefined;
  const gather = new Gather((lines) => void remind(missetTrouble(lines)), isSettled);
  const status = new StatusItem(keeper, works);
  const pages = new Pages(keeper, names);
  stop = () => keeper.stop();
  context.subscriptions.push(log, keeper, looks, gather, status, pages, watchElsewhere(context.globalState));
  context.subscriptions.push(watchHuge(context.globalState), watchRivals(() => keeper.client !== undefined));
  context.subscriptions.push(onKeyChange(context.secrets, () => void keeper.restart()), ...watch(keeper, status, works, gather));
  const does = commandsOf({ context, log, own, passed, keeper, status, pages, writeable });
  context.subscriptions.push(...Object.entries(does).map(([name, act]) => commands.registerCommand(`lastmile.${name}`, act)));
  void keeper.restart();
}

export async function deactivate(): Promise<void> {
  await stop?.();
}

interface Parts {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  /** The folder of the environment that this extension makes. */
  readonly own: string;
  readonly passed: Passed;
  readonly keeper: Keeper;
  readonly status: StatusItem;
  readonly pages: Pages;
  readonly writeable: Writeable;
}

/** Gives what each command does, by its name without the section. */
function commandsOf({ context, log, own, passed, keeper, status, pages, writeable }: Parts): Record<string, (given?: unknown) => unknown> {
  const ending = new AbortController();
  context.subscriptions.push(new Disposable(() => { ending.abort(); }));
  const places = { own, shipped: context.asAbsolutePath("server") };
  return {
    restart: () => keeper.restart(),
    showLog: () => { log.show(); },
    menu: () => menu(keeper, () => keyState(process.env, context.secrets)),
    instructSelection: () => instruct(keeper, writeable, "writeable"),
    instructReadOnly: () => instruct(keeper, writeable, "read-only"),
    instructInFront: () => instruct(keeper, writeable, "unknown"),
    ...reports(keeper, () => { status.soon(); }),
    showBill: () => pages.show("bill", ["bill"]),
    showDoctor: () => pages.show("doctor", ["doctor"]),
    togglePause: () => keeper.order("lastmile.pause").then(() => { status.soon(); }),
    choosePaid,
    chooseModel: () => chooseModel(keeper),
    setKey: () => setKey(context.secrets, () => keeper.server !== undefined),
    install: once(() => installAndStart({ places, passed, keeper, log, ending: ending.signal })),
    openSettings: (query?: unknown) => openSettings(typeof query === "string" ? query : `@ext:${context.extension.id}`),
    openWalkthrough: () => openWalkthrough(`${context.extension.id}#start`, keeper),
  };
}

/** Says of our own settings what makes no sense. */
function ownMisset(): string[] {
  return misset((name) => workspace.getConfiguration(SECTION).get(name));
}

/** Restarts or tells the server when something around it changes, and the person what makes no sense. */
function watch(keeper: Keeper, status: StatusItem, works: Works, gather: Gather): Disposable[] {
  const changed = (): void => {
    void keeper.client?.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    status.soon();
    void keeper.takeOver();
  };
  gather.add(ownMisset());
  const watched = onInterpreterChange(() => void keeper.lookAgain());
  return [
    new Disposable(() => { void watched.then((one) => { one?.dispose(); }); }),
    extensions.onDidChange(changed),
    // A folder that is trusted from now on may have a server in its environment.
    workspace.onDidGrantWorkspaceTrust(() => void keeper.restart()),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.server.path`) || event.affectsConfiguration(`${SECTION}.claude.keyVariable`)) {
        void keeper.restart();
      } else if (event.affectsConfiguration(SECTION)) {
        status.soon();
      }
      if (event.affectsConfiguration(`${SECTION}.preview`) || event.affectsConfiguration(`${SECTION}.server.package`)) {
        gather.add(ownMisset()); // after the restart has begun: it is said together with what the server says
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
