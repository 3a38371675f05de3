// An extension that measures from within the editor: how long a menu takes, and a ready fix until it is applied. Beside
// it, in turn, an action of its own, with a text that is at hand: what the editor takes by itself.

const { existsSync, writeFileSync } = require("node:fs");
const { performance } = require("node:perf_hooks");
const { CodeAction, CodeActionKind, languages, Range, Uri, WorkspaceEdit, commands, window, workspace } = require("vscode");

const { files, idle, menus, applied, rest, out } = JSON.parse(process.env.LASTMILE_BENCH ?? "{}");
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const isReady = (action) => action.title.endsWith("(ready, free)");

/** Asks for the menu as the editor does for its lightbulb; `resolved` entries come with their edits. */
const menu = (uri, range, kind, resolved = 0) =>
  commands.executeCommand("vscode.executeCodeActionProvider", uri, range, kind, resolved);

/** What is offered beside Lastmile: an edit that comes once it is chosen, as a ready fix does. */
const OWN = CodeActionKind.Empty.append("bare");
const bare = {
  provideCodeActions: (document, _range, { only }) => {
    if (only?.value !== OWN.value) return [];
    return [Object.assign(new CodeAction("Bare", OWN), { uri: document.uri })];
  },
  resolveCodeAction: (action) => {
    action.edit = new WorkspaceEdit();
    action.edit.insert(action.uri, new Range(0, 0, 0, 0).start, "# more\n");
    return action;
  },
};

async function timed(work) {
  const began = performance.now();
  const result = await work();
  return [(performance.now() - began) / 1000, result];
}

/** Chooses the first entry and applies its edit, then puts the text back and waits until what was ready is ready again. */
async function apply(uri, range, kind, fits) {
  const document = await workspace.openTextDocument(uri);
  const before = document.getText();
  const [seconds, done] = await timed(async () => {
    const [action] = await menu(uri, range, kind, 1);
    return action?.edit !== undefined && fits(action) && workspace.applyEdit(action.edit);
  });
  const back = new WorkspaceEdit();
  back.replace(uri, new Range(0, 0, document.lineCount, 0), before);
  await workspace.applyEdit(back);
  await pause(rest);
  return done ? [seconds] : [];
}

async function measure() {
  const uris = files.map((file) => Uri.file(file));
  for (const uri of uris) await window.showTextDocument(uri, { preview: false }); // what is in no tab has no findings
  await pause(idle);
  const findings = uris.flatMap((uri) => languages.getDiagnostics(uri).map(({ range }) => ({ uri, range })));
  const [opened, ready] = [[], []];
  for (let round = 0; round < menus; round += 1) {
    for (const { uri, range } of findings) {
      const [seconds, actions] = await timed(() => menu(uri, range, "quickfix"));
      opened.push(seconds);
      if (round === 0 && actions[0] !== undefined && isReady(actions[0])) ready.push({ uri, range });
    }
  }
  languages.registerCodeActionsProvider("python", bare, { providedCodeActionKinds: [OWN] });
  const [took, own] = [[], []];
  for (const { uri, range } of ready.slice(0, applied)) {
    took.push(...(await apply(uri, range, "quickfix", isReady)));
    own.push(...(await apply(uri, range, OWN.value, () => true)));
  }
  return { findings: findings.length, ready: ready.length, opened, applied: took, bare: own };
}

exports.activate = () => {
  if (out === undefined || existsSync(out)) return;
  measure().then(
    (seen) => writeFileSync(out, JSON.stringify(seen)),
    (error) => writeFileSync(out, JSON.stringify({ trouble: String(error.stack ?? error) })),
  );
};
