// An extension that measures from within the editor: how long a menu takes, and a ready fix until it is applied.

const { writeFileSync } = require("node:fs");
const { performance } = require("node:perf_hooks");
const { languages, Range, Uri, WorkspaceEdit, commands, window, workspace } = require("vscode");

const { files, idle, menus, applied, rest, out } = JSON.parse(process.env.LASTMILE_BENCH ?? "{}");
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const isReady = (action) => action.title.endsWith("(ready, free)");

/** Asks for the menu as the editor does for its lightbulb; `resolved` entries come with their edits. */
const menu = (uri, range, resolved = 0) => commands.executeCommand("vscode.executeCodeActionProvider", uri, range, "quickfix", resolved);

async function timed(work) {
  const began = performance.now();
  const result = await work();
  return [(performance.now() - began) / 1000, result];
}

/** Chooses the first entry and applies its edit, then puts the text back and waits until it is ready again. */
async function apply(uri, range) {
  const document = await workspace.openTextDocument(uri);
  const before = document.getText();
  const [seconds, done] = await timed(async () => {
    const [action] = await menu(uri, range, 1);
    return action?.edit !== undefined && isReady(action) && workspace.applyEdit(action.edit);
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
      const [seconds, actions] = await timed(() => menu(uri, range));
      opened.push(seconds);
      if (round === 0 && actions[0] !== undefined && isReady(actions[0])) ready.push({ uri, range });
    }
  }
  const took = [];
  for (const { uri, range } of ready.slice(0, applied)) took.push(...(await apply(uri, range)));
  return { findings: findings.length, ready: ready.length, opened, applied: took };
}

exports.activate = () => {
  if (out === undefined) return;
  measure().then(
    (seen) => writeFileSync(out, JSON.stringify(seen)),
    (error) => writeFileSync(out, JSON.stringify({ trouble: String(error.stack ?? error) })),
  );
};
