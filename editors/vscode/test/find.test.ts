import assert from "node:assert/strict";
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { mkdtemp, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { find, type Look } from "../src/find/find";
import { begin, isHalf } from "../src/find/half";
import { Passed } from "../src/find/passed";

const THERE = new Set(["/given/lastmile", "/project/.venv/bin/lastmile", "/usr/bin/lastmile", "/own/bin/lastmile"]);

function look(changes: Partial<Look> & { readonly there?: ReadonlySet<string> }): Look {
  const { there = THERE, ...others } = changes;
  return {
    setting: "",
    trusted: true,
    interpreter: () => Promise.resolve("/project/.venv/bin/python"),
    path: ["/nowhere", "", "bin", "/usr/bin"],
    folders: ["/project"],
    own: "/own",
    windows: false,
    isProgram: (path) => Promise.resolve(there.has(path)),
    isPassedOver: () => Promise.resolve(false),
    ...others,
  };
}

const none = { interpreter: () => Promise.resolve(undefined) };
const CASES: Record<string, [Look, string, string]> = {
  "the setting before all": [look({ setting: "/given/lastmile" }), "/given/lastmile", "the setting lastmile.server.path names it"],
  "the active environment": [look({}), "/project/.venv/bin/lastmile", "the active Python environment has it"],
  "PATH where no environment is active": [look(none), "/usr/bin/lastmile", "it is on PATH"],
  "PATH where the folder is not trusted": [look({ trusted: false }), "/usr/bin/lastmile", "it is on PATH"],
  "PATH where the environment has none": [look({ there: new Set(["/usr/bin/lastmile"]) }), "/usr/bin/lastmile", "it is on PATH"],
  "nothing of the folder by way of PATH either, where it is not trusted": [
    look({ trusted: false, path: ["/project/.venv/bin", "/project", "/usr/bin"] }),
    "/usr/bin/lastmile",
    "it is on PATH",
  ],
  "PATH into the folder once that is trusted": [
    look({ ...none, path: ["/project/.venv/bin"] }),
    "/project/.venv/bin/lastmile",
    "it is on PATH",
  ],
  "our own where the others did not do": [
    look({ isPassedOver: (path) => Promise.resolve(path !== "/own/bin/lastmile") }),
    "/own/bin/lastmile",
    "this extension made it an environment",
  ],
  "what did not do where our own is gone": [
    look({ ...none, isPassedOver: () => Promise.resolve(true), there: new Set(["/usr/bin/lastmile"]) }),
    "/usr/bin/lastmile",
    "it is on PATH",
  ],
  "what the person named, whatever came of it": [
    look({ setting: "/given/lastmile", isPassedOver: () => Promise.resolve(true) }),
    "/given/lastmile",
    "the setting lastmile.server.path names it",
  ],
  "our own last": [look({ ...none, path: [] }), "/own/bin/lastmile", "this extension made it an environment"],
};

for (const [name, [given, command, why]] of Object.entries(CASES)) {
  test(`takes ${name}`, async () => {
    assert.deepEqual(await find(given), { kind: "server", server: { command, why, isNamed: given.setting !== "" } });
  });
}

test("takes nothing in the place of a program that the person named", async () => {
  assert.deepEqual(await find(look({ setting: "/gone" })), { kind: "misnamed", path: "/gone" });
});

test("says where it looked when there is none", async () => {
  const found = await find(look({ there: new Set() }));
  assert.deepEqual(found, { kind: "missing", looked: ["/project/.venv/bin", "/nowhere", "/usr/bin", "/own/bin"] });
});

test("an environment of a folder that is not trusted is not so much as asked for", async () => {
  let asked = false;
  await find(look({ trusted: false, interpreter: () => { asked = true; return Promise.resolve("/x/python"); } }));
  assert.equal(asked, false);
});

test("a program is passed over until another is in its place", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "passed-")), "lastmile");
  const kept = new Map<string, unknown>();
  const memory = {
    keys: () => [...kept.keys()],
    get: <T>(key: string, or?: T) => (kept.get(key) ?? or) as T,
    update: (key: string, value: unknown) => { kept.set(key, value); return Promise.resolve(); },
  };
  await writeFile(path, "old");
  await new Passed(memory).add(path);
  const passed = new Passed(memory); // of another window
  assert.deepEqual([await passed.has(path), await passed.has(`${path}2`)], [true, false]);
  await utimes(path, 1, 1);
  assert.equal(await passed.has(path), false);
});

test("an environment is half made until it is done, and made by one window at a time", async () => {
  const own = join(await mkdtemp(join(tmpdir(), "half-")), "environment");
  assert.equal(await isHalf(own), false);
  const end = await begin(own);
  assert.equal(await isHalf(own), true);
  await end?.();
  assert.equal(await isHalf(own), false);
  await writeFile(`${own}.half`, String(process.ppid));
  assert.equal(await begin(own), undefined);
  await writeFile(`${own}.half`, String(spawnSync(process.execPath, ["-e", ""]).pid)); // whoever made it is gone
  assert.notEqual(await begin(own), undefined);
  await writeFile(`${own}.half`, String(process.ppid));
  await utimes(`${own}.half`, 1, 1); // a number can be another program's by now
  assert.notEqual(await begin(own), undefined);
});
