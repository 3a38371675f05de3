import assert from "node:assert/strict";
import { test } from "node:test";
import { find, type Look } from "../src/find/find";

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
  "our own last": [look({ ...none, path: [] }), "/own/bin/lastmile", "this extension made it an environment"],
};

for (const [name, [given, command, why]] of Object.entries(CASES)) {
  test(`takes ${name}`, async () => {
    assert.deepEqual(await find(given), { kind: "server", server: { command, why } });
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
