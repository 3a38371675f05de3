import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { TextEdit, WorkspaceEdit } from "vscode-languageserver-protocol";
import { listens } from "../src/client/listens";
import { ANSWERED, aboutSettings, buttonsFor, isAnswered, together } from "../src/client/messages";
import { isElsewhere, isServed, PYTHON, SELECTOR } from "../src/client/documents";
import { isDoubled } from "../src/client/doubles";
import { Gather } from "../src/client/gather";
import { lockOf, type InSettings, type OnDisk } from "../src/client/locks";
import { isReport, linked, themed } from "../src/client/report";
import { misset, packageOf, previewLines, settingsPage } from "../src/client/own";
import { Foreseen } from "../src/client/foreseen";
import { Kept } from "../src/client/kept";
import { asEnvironment, asSetHere, serverSettings, told, type Inspected } from "../src/client/settings";
import { changedSince, edited, isUnverified, linesOf, titleOf, urisOf, wantsLook } from "../src/client/weigh";

const SET: Record<string, Inspected> = {
  paid: { globalValue: "auto" },
  "docstring.convention": { globalValue: "google", workspaceValue: "numpy", workspaceFolderValue: "rest" },
  ladder: { workspaceValue: ["rules"] },
  "model.path": { globalValue: null },
  "budget.day": {},
};
const inspect = (name: string): Inspected | undefined => SET[name];
const NAMES = [...Object.keys(SET), "unheard.of"];

test("only what somebody set is told, the nearest first", () => {
  const values = told(NAMES, inspect, { trusted: true, ruff: false });
  assert.deepEqual(values, { paid: "auto", "docstring.convention": "rest", ladder: ["rules"] });
});

test("of a folder that is not trusted no setting counts, and nothing of it runs", () => {
  const values = told(NAMES, inspect, { trusted: false, ruff: false });
  assert.deepEqual(values, { paid: "auto", "docstring.convention": "google", "verify.trusted": false });
});

test("beside the Ruff extension its findings are not shown twice, unless the person wants that", () => {
  const beside = { trusted: true, ruff: true };
  assert.equal(told([], inspect, beside).diagnostics, "own");
  assert.equal(told(["diagnostics"], () => ({ globalValue: "all" }), beside).diagnostics, "all");
});

test("the server's settings are those of the generated sections", () => {
  const names = serverSettings(JSON.parse(readFileSync("package.json", "utf8")));
  assert.ok(names.includes("budget.day") && names.includes("claude.baseUrl") && names.includes("openai"));
  assert.ok(!names.some((name) => name.startsWith("server.") || name.startsWith("preview.")));
  assert.deepEqual(serverSettings({}), []);
});

test("the command line is told the same by its environment", () => {
  const values = { paid: "never", "claude.baseUrl": "http://x", ladder: ["rules", "opus"], openai: { a: {} }, "budget.day": 2 };
  assert.deepEqual(asEnvironment(values), {
    LASTMILE_PAID: "never",
    LASTMILE_CLAUDE__BASE_URL: "http://x",
    LASTMILE_LADDER: "rules,opus",
    LASTMILE_BUDGET__DAY: "2",
  });
});

test("what the command line had of us is said to be set in VS Code", () => {
  const text = "ahead_load = 2, from LASTMILE_AHEAD_LOAD\nahead = off, from LASTMILE_AHEAD";
  const shown = "ahead_load = 2, from VS Code's settings\nahead = off, from LASTMILE_AHEAD";
  assert.equal(asSetHere(text, { LASTMILE_AHEAD_LOAD: "2" }), shown);
});

function edit(label: string, ...texts: string[]): WorkspaceEdit {
  const range = { start: { line: 3, character: 0 }, end: { line: 5, character: 0 } };
  const edits = texts.map((newText) => ({ range, newText, annotationId: "lastmile" }));
  return {
    documentChanges: [{ kind: "create", uri: "file:///y.py" }, { textDocument: { uri: "file:///x.py", version: 1 }, edits }],
    changeAnnotations: { lastmile: { label, description: "a receipt" } },
  };
}

test("lines are counted as taken away or put in, whichever is more", () => {
  assert.equal(linesOf(edit("Fix", "")), 2);
  assert.equal(linesOf(edit("Fix", "a\nb\nc\nd\n", "")), 6);
  assert.equal(linesOf({}), 0);
});

test("what is long or unverified is looked at first, and all else is applied", () => {
  const short = edit("Fix F401", "a\n");
  assert.deepEqual([wantsLook(short, 2), wantsLook(short, 1), isUnverified(short)], [false, true, false]);
  const unverified = edit("Unverified: Fix F401", "a\n");
  assert.deepEqual([wantsLook(unverified, 99), isUnverified(unverified)], [true, true]);
  assert.equal(wantsLook({ changes: {} }, 0), false);
});

test("an entry that is ready gives up its edit, and has it again with its command once it is chosen", () => {
  const kept = new Kept();
  const told = { title: "Fix F401 (ready, free)", command: "lastmile.applied", arguments: ["1"] };
  const [data, other] = [{ kind: "fix" }, { kind: "fix" }];
  const entry = { title: told.title, edit: edit("Fix F401", "a\n"), command: told, data };
  assert.deepEqual(kept.take(entry), { title: told.title, data });
  assert.deepEqual(kept.find({ title: told.title, data }), entry);
  assert.equal(kept.find({ title: told.title, data: other }), undefined); // of another menu: the server is asked
  assert.equal(kept.find({ title: told.title }), undefined);
  assert.deepEqual(kept.take({ title: told.title, edit: entry.edit }), { title: told.title, edit: entry.edit });
  assert.deepEqual(kept.take(told), told);
});

test("an edit is called by its label and its receipt", () => {
  assert.equal(titleOf(edit("Fix F401", "")), "Fix F401: a receipt");
  assert.equal(titleOf({}), "Lastmile");
  const unverified = edit("Unverified: Fix F401", "");
  unverified.changeAnnotations = { lastmile: { label: "Unverified: Fix F401", description: "unverified, refused by lint" } };
  assert.equal(titleOf(unverified), "Unverified: Fix F401: refused by lint");
});

test("a document that changed since the edit was made is named", () => {
  const made = edit("Fix", "a");
  assert.equal(changedSince(made, () => 1), undefined);
  assert.equal(changedSince(made, () => 2), "file:///x.py");
  assert.equal(changedSince(made, () => undefined), undefined);
});

test("the server is told that its status is shown, beside whatever else is tried out", () => {
  const capabilities = { experimental: { other: 1 } };
  listens.fillClientCapabilities(capabilities);
  assert.deepEqual(capabilities.experimental, { other: 1, lastmileStatus: true });
});

test("what has no file on this machine is left alone, and told of where it is a file of the folder", () => {
  const schemes = new Set(SELECTOR.map(({ scheme }) => scheme));
  assert.deepEqual([...schemes], ["file", "untitled", "vscode-notebook-cell"]);
  assert.deepEqual([...new Set(PYTHON.map(({ language }) => language))], ["python"]);
  for (const scheme of ["git", "output", "lastmile-preview", "vscode-vfs", "vscode-remote", "gitlens"]) {
    assert.ok(!schemes.has(scheme), scheme);
  }
  assert.deepEqual([isElsewhere("vscode-vfs", true), isElsewhere("git", false), isElsewhere("file", true)], [true, false, false]);
});

test("a file too large for the editor's extensions is told of where it would be served", () => {
  assert.deepEqual(["/a/x.py", "/a/x.PYI", "/a/x.yml", "/a/x.csv", "/a/py"].map(isServed), [true, true, true, false, false]);
});

const MISSET: Record<string, [Record<string, unknown>, RegExp[]]> = {
  "all is well": [{ "preview.lines": 0, "server.package": "lastmile==1" }, []],
  "nothing is set": [{ "preview.lines": null }, []],
  "no number": [{ "preview.lines": "many" }, [/preview\.lines must be a whole number from 0 on, not "many"; 60 is taken/]],
  "less than none": [{ "preview.lines": -1 }, [/not -1; 60/]],
  "no text": [{ "server.package": 3 }, [/server\.package must be a text, not 3; the server that came/]],
  both: [{ "preview.lines": [], "server.package": {} }, [/preview\.lines.*\[\]/, /server\.package.*\{\}/]],
};

for (const [name, [values, words]] of Object.entries(MISSET)) {
  test(`our own settings are told of where they make no sense, with a button that opens them: ${name}`, () => {
    const said = misset((one) => values[one]);
    assert.equal(said.length, words.length);
    for (const [at, message] of said.entries()) {
      assert.match(message, words[at] ?? /^$/);
      assert.ok(message.startsWith(String(buttonsFor(message)[0]?.arguments?.[0])), message);
    }
  });
}

test("settings are opened on the page that has them: of a machine from afar it is its own", () => {
  const pages = (query: string): string[] => [false, true].map((isAfar) => settingsPage(query, isAfar).replace("workbench.action.", ""));
  assert.deepEqual(pages("lastmile.server.path"), ["openSettings", "openRemoteSettings"]);
  assert.deepEqual(pages("@ext:lastmile.lastmile"), ["openSettings", "openRemoteSettings"]);
  assert.deepEqual(pages("lastmile.preview.lines"), ["openSettings", "openSettings"]);
});

test("what is taken in the place of a setting that makes no sense is what was said", () => {
  assert.deepEqual([0, 7, "7", -1, 2.5, undefined].map(previewLines), [0, 7, 60, 60, 60, 60]);
  assert.deepEqual(["lastmile==1", "", 3, undefined].map(packageOf), ["lastmile==1", "", "", ""]);
});

test("a message about a setting opens it, and one about the key asks for it", () => {
  const opened = (message: string): unknown[] => buttonsFor(message).flatMap((button) => [button.command, ...(button.arguments ?? [])]);
  assert.deepEqual(opened('the editor: "budget.day" must be a number from 0 to 100000, not "x"; the default stays'), [
    "lastmile.openSettings",
    "lastmile.budget.day",
  ]);
  assert.deepEqual(opened("Nothing passed. Not asked: opus: no API key in ANTHROPIC_API_KEY."), ["lastmile.setKey"]);
  assert.deepEqual(opened('/home/läden/lastmile.toml: "colour" is no setting'), ["vscode.open", "file:///home/l%C3%A4den/lastmile.toml"]);
  assert.deepEqual(opened("Lastmile cannot lint: ruff took longer than 10 s.").slice(1), ["@id:lastmile.ruff.path,lastmile.ruff.timeout"]);
  assert.deepEqual(opened("Spent $0.00. 1 tasks, 1 cleared."), []);
});

const SAID = [
  'the editor: "budget.day" must be a number from 0 to 100000, not "much"; the default stays',
  'the editor: "paid" must be never, ask or auto, not "maybe"; the default stays',
];
const OWN = 'lastmile.preview.lines must be a whole number from 0 on, not "many"; 60 is taken.';

test("what is wrong with several settings is one message with one button, whoever says it", () => {
  const sent = together(SAID);
  assert.equal(sent, `2 settings make no sense:\n(1) ${SAID[0] ?? ""}.\n(2) ${SAID[1] ?? ""}.`);
  const lines = [...(aboutSettings(sent) ?? []), OWN];
  const all = together(lines);
  assert.ok(all.startsWith("3 settings make no sense:\n(1) the editor") && all.endsWith(`(3) ${OWN}`), all);
  assert.deepEqual(buttonsFor(all).map((one) => one.arguments), [["@id:lastmile.budget.day,lastmile.paid,lastmile.preview.lines"]]);
  assert.deepEqual([together([]), together([OWN])], ["", OWN]);
});

test("each file with a wrong setting has a button, and what has no place to open leads to the doctor", () => {
  const titles = (...lines: string[]): string[] => buttonsFor(together(lines)).map(({ title }) => title);
  const [own, shop] = ['/etc/lastmile/lastmile.toml: "colour" is no setting', '/home/x/shop/lastmile.toml: "size" is no setting'];
  assert.deepEqual(titles(own, own.replace("colour", "size")), ["Open the file"]);
  assert.deepEqual(titles(own, shop), ["Open lastmile/lastmile.toml", "Open shop/lastmile.toml"]);
  assert.deepEqual(titles('LASTMILE_PAID must be never, ask or auto, not "x"'), ["Show what works here"]);
  assert.deepEqual(titles(OWN, 'LASTMILE_PAID must be never, ask or auto, not "x"'), ["Open settings", "Show what works here"]);
  assert.deepEqual(titles(own, OWN, "And 3 more, which the log lists."), ["Open settings", "Open the file", "Show what works here"]);
});

test("settings that the server counts and does not name are counted, and said last", () => {
  const rest = "And 3 more, which the log lists.";
  const sent = `5 settings make no sense:\n(1) ${SAID[0] ?? ""}.\n(2) ${SAID[1] ?? ""}.\n${rest}`;
  const lines = aboutSettings(sent) ?? [];
  assert.equal(together(lines), sent);
  const all = together([...lines, OWN]);
  assert.ok(all.startsWith("6 settings make no sense:") && all.endsWith(`\n(3) ${OWN}\n${rest}`), all);
});

test("a message is about settings where it says so of a place that has some", () => {
  const about = [...SAID, '/home/x/lastmile.toml: "colour" is no setting', 'LASTMILE_PAID must be never, ask or auto, not "x"'];
  assert.deepEqual(about.map(aboutSettings), about.map((one) => [one]));
  assert.deepEqual(["Spent $0.00. 1 tasks.", "x.toml is not open in the editor.", "No check passed:\n/x.toml: a bad key"].map(aboutSettings), [undefined, undefined, undefined]);
});

test("the server is not heard on an edit that the person was asked about already", () => {
  const wording = /f"(The editor did not apply the edit: )\{why\.rstrip\('\.'\)\}\."/;
  const lead = wording.exec(readFileSync("../../server/lastmile/lsp/landing/apply.py", "utf8"))?.[1] ?? "";
  assert.ok(lead !== "");
  assert.deepEqual([ANSWERED, "you threw it away", "it did not answer"].map((why) => isAnswered(`${lead}${why}.`)), [true, false, false]);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test("what is said of settings within a moment is gathered, and each line once", { timeout: 60_000 }, async () => {
  const shown: (readonly string[])[] = [];
  let [isSettled, looks] = [true, 0];
  const gather = new Gather((lines) => shown.push(lines), () => { looks += 1; return isSettled; }, 1);
  gather.add([]);
  gather.add(["a"]);
  gather.add(["b", "a"]);
  await until(() => shown.length > 0);
  assert.deepEqual(shown, [["a", "b"]]);
  isSettled = false; // the server starts, and may have something to add
  gather.add(["c"]);
  looks = 0;
  await until(() => looks > 4);
  assert.equal(shown.length, 1);
  isSettled = true;
  gather.add(["d"]);
  await until(() => shown.length > 1);
  assert.deepEqual(shown[1], ["c", "d"]);
  gather.add(["e"]);
  gather.dispose(); // what nobody would see is not shown
  await new Promise((resolve) => setTimeout(resolve, 1)); // which ends after the one that was taken away
  assert.equal(shown.length, 2);
});

const FREE: InSettings = { included: false, excluded: false, fromPermissions: false };
const WRITEABLE: OnDisk = { mode: 0o644, mayWrite: true, isOwn: true };

test("a file is read-only by the editor's settings, by its mode, or by its owner", () => {
  const by = (disk: OnDisk | undefined, set: Partial<InSettings> = {}): unknown => {
    const lock = lockOf(disk, { ...FREE, ...set });
    return lock && [lock.by, lock.opens];
  };
  assert.deepEqual([by(WRITEABLE), by(undefined)], [undefined, undefined]);
  assert.deepEqual(by({ ...WRITEABLE, mode: 0o444 }), ["disk", true]); // also for root, who may write it
  assert.deepEqual(by({ ...WRITEABLE, mode: 0o444, mayWrite: false, isOwn: false }), ["disk", false]);
  assert.deepEqual(by({ ...WRITEABLE, mayWrite: false }), ["disk", false]); // the whole disk is
  assert.deepEqual(by(WRITEABLE, { included: true }), ["setting", true]);
  assert.deepEqual(by(WRITEABLE, { included: true, excluded: true }), undefined);
  assert.deepEqual(by({ ...WRITEABLE, mode: 0o444 }, { fromPermissions: true }), ["setting", true]);
  assert.deepEqual(by(WRITEABLE, { fromPermissions: true }), undefined);
});

test("what was found of a file when its menu came holds for a moment, where nothing kept it from being written", async () => {
  let now = 0;
  const foreseen = new Foreseen(() => now);
  assert.equal(await foreseen.isFree("x"), false);
  foreseen.take("x", Promise.resolve(true));
  assert.deepEqual([await foreseen.isFree("x"), await foreseen.isFree("y")], [true, false]);
  now = 10_000;
  assert.equal(await foreseen.isFree("x"), false);
  foreseen.take("x", Promise.resolve(false));
  assert.equal(await foreseen.isFree("x"), false);
});

test("all files are named that an edit changes or makes", () => {
  assert.deepEqual(urisOf(edit("Fix", "a", "b")), ["file:///y.py", "file:///x.py"]);
  assert.deepEqual(urisOf({}), []);
});

const FOUND = "F401\nos\n0\n7\n0\n9";

test("what two clients of the same server find is known by its being there twice", () => {
  const one = { source: "ruff", what: FOUND };
  const ready = { source: "ruff", what: FOUND.replace("os", "os [fix ready: verified, free]") };
  assert.equal(isDoubled([one, { ...one, source: "Ruff" }]), false); // ruff's own extension
  assert.equal(isDoubled([one, { ...one, what: `${FOUND}9` }, { source: "mypy", what: FOUND }, { source: "mypy", what: FOUND }]), false);
  assert.equal(isDoubled([one, ready]), true);
});

const PAGE = "# Fix\n\n[a](file:///x.py#L1)\n\n## Where to look\n\n- [x.py:4](file:///home/l%C3%A4den/a%20(b).py#L4)\n- [y.py:1](file:///tmp/y.py)\n";

test("the links of a report lead from its folder to the files, and nothing else of it is changed", () => {
  const shown = linked(PAGE.replace("(b)", "b"), "/tmp/lastmile-reports-1/fix.md");
  const links = "- [x.py:4](../../home/l%C3%A4den/a%20b.py#L4)\n- [y.py:1](../y.py)\n";
  assert.equal(shown, `# Fix\n\n[a](file:///x.py#L1)\n\n## Where to look\n\n${links}`);
  assert.equal(linked(shown, "/tmp/lastmile-reports-1/fix.md"), shown);
  assert.equal(linked("# Fix\n", "/x.md"), "# Fix\n");
  assert.deepEqual(["/tmp/lastmile-reports-a1/fix-2.md", "/tmp/fix-2.md", "/lastmile-reports-1/bill.html"].map(isReport), [true, false, false]);
});

test("what is put in at one place is shown in its order", () => {
  const at = (from: number, to: number, newText: string): TextEdit => ({
    range: { start: { line: 0, character: from }, end: { line: 0, character: to } },
    newText,
  });
  const change = { textDocument: { uri: "file:///x.py", version: 1 }, edits: [at(1, 1, "x"), at(1, 1, "y"), at(1, 2, "B"), at(0, 0, ">")] };
  assert.equal(edited("abc", change, ({ character }) => character), ">axyBc");
});

test("a page has the editor's theme, whatever the system's is", () => {
  const style = readFileSync("../../server/lastmile/ledger/page/style.css", "utf8");
  assert.match(themed(style, true), /color-scheme: dark;[^]*@media all \{/);
  assert.match(themed(style, false), /color-scheme: light;[^]*@media not all \{/);
});
