import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { plan, question, reasonOf, stepOf } from "../src/find/make";
import {
  crashing,
  installedElsewhere,
  misnamed,
  missing,
  misset,
  nobodyFollows,
  nothingOpen,
  notInstalled,
  notServed,
  notStarted,
  old,
  refused,
  silent,
  starting,
  twice,
  twiceShown,
} from "../src/run/troubles";
import { amiss, dollars, keptNow, lines, words, type Status } from "../src/status/words";

const STATUS: Status = {
  version: "0.1.0",
  paid: "ask",
  trusted: true,
  tiers: [
    { name: "rules", free: true, model: "", off: "" },
    { name: "local", free: true, model: "qwen", off: "" },
    { name: "sonnet", free: false, model: "claude", off: "no API key" },
  ],
  model: { path: "/m.gguf", state: "warm" },
  completions: { enabled: true, paused: false },
  today: { spent: 0, tasks: 0 },
  last: "",
};

const LADDER = ["rules", "local", "a-model-of-a-neighbour", "haiku", "sonnet", "opus"].map((name) => ({ name, free: false, model: "", off: "" }));

const SAID: Record<string, [Partial<Status>, string, string]> = {
  plain: [{}, "Lastmile: rules, local (warm)", "$0.00 today"],
  "at work": [{ model: { path: "/m.gguf", state: "working" } }, "Lastmile: rules, local (working)", "$0.00 today"],
  "without a model": [{ model: { path: "", state: "none" } }, "Lastmile: rules, local", "$0.00 today"],
  "with a last task": [{ today: { spent: 0.0312, tasks: 2 }, last: "Fix F401" }, "Lastmile: rules, local (warm)", "$0.031 today"],
  "with many tiers": [{ tiers: LADDER }, "Lastmile: rules, local, a-model-of-a-neighbour, h…", "$0.00 today"],
};

for (const [name, [change, text, detail]] of Object.entries(SAID)) {
  test(`the status says what works and what today cost: ${name}`, () => {
    assert.deepEqual(words({ ...STATUS, ...change }), { text, detail });
  });
}

test("why there is no server is said as shortly as a line has room for", () => {
  assert.deepEqual(amiss(missing().message).detail, "Lastmile's server is not installed: neither the acti…");
  assert.deepEqual(amiss(undefined), { text: "Lastmile", detail: "starting" });
});

const WAITING = ["Fixes are not made ready now", "the machine is busy (load 3.1 on 2 cores)"] as const;
const BELOW: Record<string, [Partial<Status>, readonly string[]]> = {
  nothing: [{ ahead: { why: "" } }, []],
  "the last task": [{ last: "Fix F401: rules, 1 draft" }, ["last", "Last: Fix F401: rules, 1 draft", ""]],
  "a long receipt": [{ last: `Add it: ${"x".repeat(99)}` }, ["last", `Last: Add it: ${"x".repeat(52)}…`, ""]],
  "paused completions": [{ completions: { enabled: true, paused: true } }, ["paused", "Completions are paused", ""]],
  "a strange folder": [{ trusted: false }, ["trust", "The folder is not trusted", "nothing of it is run"]],
  "what holds up fixes": [{ ahead: { why: `${WAITING.join(": ")}. It goes on by itself.` } }, ["waits", ...WAITING]],
};

for (const [name, [change, said]] of Object.entries(BELOW)) {
  test(`what else there is to know has lines of its own: ${name}`, () => {
    const found = lines({ ...STATUS, ...change });
    assert.deepEqual(found.flatMap(({ id, text, detail }) => [id, text, detail]), said);
  });
}

test("all of it is said together, and nothing of a server that does not answer", () => {
  const all = lines({ ...STATUS, last: "x", completions: { enabled: true, paused: true }, trusted: false, ahead: { why: WAITING.join(": ") + "." } });
  assert.deepEqual(all.map(({ id }) => id), ["last", "paused", "trust", "waits"]);
  assert.deepEqual(lines(undefined), []);
});

test("small amounts are not nothing, and are written as the server does", () => {
  assert.deepEqual([0, 0.00042, 0.005, 0.01, 12.345].map(dollars), ["$0.00", "$0.0004", "$0.005", "$0.010", "$12.35"]);
});

test("an environment is made by uv where it is there, by pip else, and not at all without either", () => {
  const uv = plan({ uv: "uv", python: "python3" }, "/own", "lastmile==1", false);
  assert.deepEqual(uv.map((step) => [step.command, step.args[0], step.args.at(-1)]), [
    ["uv", "venv", "/own"],
    ["uv", "pip", "lastmile==1"],
  ]);
  const pip = plan({ uv: undefined, python: "python3.12" }, "/own", "lastmile", false);
  assert.deepEqual(pip.map((step) => step.command), ["python3.12", "/own/bin/python"]);
  assert.deepEqual(plan({ uv: undefined, python: undefined }, "/own", "lastmile", false), []);
});

test("an environment is made with nothing of the folder that the programs run in", () => {
  const steps = plan({ uv: undefined, python: "python3" }, "/own", "lastmile", false);
  assert.deepEqual(steps.map((step) => step.args[0]), ["-I", "-I"]);
});

const RUNS = { command: "/bin/lastmile", why: "it is on PATH", isNamed: false };
const ASKED: Record<string, [Partial<typeof RUNS>, string]> = {
  "one of a place of its own": [{}, "would be installed in /own, and taken before the one that runs until that is another program."],
  "one that the setting names": [{ isNamed: true }, "would be installed in /own. The one that runs is taken all the same, as lastmile.server.path names it."],
  "our own": [{ command: "/own/bin/lastmile" }, "would be installed in /own in its place. Should that fail, there is no server until it is installed again."],
};

for (const [name, [change, then]] of Object.entries(ASKED)) {
  test(`before another server is installed while one runs, the question says what would come of it: ${name}`, () => {
    const runs = { ...RUNS, ...change };
    const { detail } = question(runs, "0.1.0", "/ext/server/lastmile-0.2.0-py3-none-any.whl", "/own");
    assert.equal(detail, `Version 0.1.0 runs: ${runs.command}, because it is on PATH.\n\nlastmile-0.2.0-py3-none-any.whl ${then}`);
    assert.match(question(runs, "0.1.0", "lastmile==1", "/own").detail, /\n\nlastmile==1 would be installed/);
  });
}

test("while the server is installed the person hears what takes long, and what it is at", () => {
  for (const makers of [{ uv: "uv", python: undefined }, { uv: undefined, python: "python3" }]) {
    const [, installing] = plan(makers, "/own", "/ext/server/lastmile-1-py3-none-any.whl", false);
    assert.match(installing?.note ?? "", /llama-cpp-python takes minutes/);
  }
  assert.equal(stepOf("Collecting attrs\n  Building wheel for llama-cpp-python: started\n"), "Building wheel for llama-cpp-python: started");
  assert.equal(stepOf("a warning\n"), undefined);
  assert.equal(stepOf(`Downloading ${"x".repeat(99)}`)?.length, 61);
});

const REASONS: Record<string, [string, string]> = {
  "uv without a network": [
    "Using Python 3.11.7 environment at: own\nerror: Request failed after 3 retries in 5.7s\n  cause: Failed to fetch: http://x/attrs/\n  cause: Connection refused (os error 111)\n",
    "Request failed after 3 retries in 5.7s: Failed to fetch: http://x/attrs/: Connection refused (os error 111)",
  ],
  "pip that compiles in vain": [
    "  error: subprocess-exited-with-error\n  much\nerror: failed-wheel-build-for-install\n\n× Failed to build installable wheels\n╰─> llama-cpp-python\n",
    "failed-wheel-build-for-install: Failed to build installable wheels: llama-cpp-python",
  ],
  "pip that finds nothing": ["ERROR: Could not find a version\nERROR: No matching distribution found for x\n", "No matching distribution found for x"],
  "pip without a network": [
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError()': /simple/x/\nERROR: No matching distribution found for x\n",
    "the package index could not be reached: No matching distribution found for x",
  ],
  "a full disk": ["Traceback\n  much\nOSError: [Errno 28] No space left on device\n", "OSError: [Errno 28] No space left on device"],
  nothing: ["", "it said nothing"],
};

for (const [name, [err, reason]] of Object.entries(REASONS)) {
  test(`why an installation failed is said in the program's own words: ${name}`, () => {
    assert.equal(reasonOf({ status: 1, out: "", err }), reason);
  });
}

test("of a program that was stopped the last word is that it was", () => {
  assert.equal(reasonOf({ status: null, out: "", err: "error: no\nmuch\nIt took too long." }), "It took too long.");
});

test("what came of the question for the key is what happened to it", () => {
  assert.match(keptNow(true, false, true), /is kept in the editor's secret storage\. The server starts anew with it\.$/);
  assert.match(keptNow(true, false, false), /is kept in the editor's secret storage\.$/);
  assert.match(keptNow(false, true, true), /is forgotten\. The server starts anew without it\.$/);
  assert.match(keptNow(false, true, false), /is forgotten\.$/);
  assert.match(keptNow(false, false, true), /No API key was given, and none is kept/);
});

test("where nobody follows words, the buttons are for what is missing", () => {
  const titles = (off: string, paid: string): string[] => nobodyFollows(off, paid).buttons.map((one) => one.title);
  assert.deepEqual(titles("local: no model is set; sonnet: no API key in X", "ask"), ["Choose a model", "Set the API key"]);
  assert.deepEqual(titles("local: no model is set; sonnet: paid tiers are off", "never"), ["Choose a model", "Paid tiers…"]);
  assert.deepEqual(titles("local: its host fails", "auto"), ["Choose a model"]);
});

const MORE = [nobodyFollows("x", "ask"), notServed("x.md"), twiceShown(), misset(['the editor: "paid" must be x']), nothingOpen(), twice(), notStarted("no"), refused("no API key in X"), refused("x.py is not open")];

const SERVERS = [true, false].map((isNamed) => ({ command: "/x", isNamed }));

test("another server is installed only where it is taken then: not in the place of one that the person named", () => {
  const offers = SERVERS.map((one) => [crashing(one), old("0", "1", one)].map(({ buttons }) => buttons.map(({ title }) => title)));
  assert.deepEqual(offers, [
    [["Restart", "Show the log", "Choose a program"], ["Choose a program", "Restart"]],
    [["Restart", "Show the log", "Install it for me"], ["Install it for me", "Choose a program"]],
  ]);
});

test("every trouble has a button, and every button a command that there is", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { contributes: { commands: { command: string }[] } };
  const known = new Set(manifest.contributes.commands.map((one) => one.command));
  for (const trouble of [missing(), misnamed("/x"), silent("/x"), starting(), ...SERVERS.flatMap((one) => [crashing(one), old("0", "1", one)]), notInstalled("no"), installedElsewhere(), ...MORE]) {
    assert.ok(trouble.buttons.length > 0, trouble.message);
    for (const { command } of trouble.buttons) {
      assert.ok(known.has(command) || command.startsWith("workbench.action."), command);
    }
  }
});
