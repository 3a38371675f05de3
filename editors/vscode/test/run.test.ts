import assert from "node:assert/strict";
import { test } from "node:test";
import { answered } from "../src/run/answer";
import { Crashes, MOST, WINDOW } from "../src/run/crashes";
import { execute } from "../src/run/process";
import { once, Queue } from "../src/run/queue";
import { isOlder } from "../src/run/version";

test("one job runs, and of those that wait the last", async () => {
  const queue = new Queue();
  const done: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => { open = resolve; });
  const job = (name: string, until?: Promise<void>) => async (): Promise<void> => {
    await until;
    done.push(name);
  };
  const all = [queue.run(job("first", gate)), queue.run(job("lost")), queue.run(job("last"))];
  open();
  await Promise.all(all);
  await queue.run(job("later"));
  assert.deepEqual(done, ["first", "last", "later"]);
});

test("a job that fails leaves the queue fit for the next", async () => {
  const queue = new Queue();
  await assert.rejects(queue.run(() => Promise.reject(new Error("no"))), /no/);
  let ran = false;
  await queue.run(() => { ran = true; return Promise.resolve(); });
  assert.equal(ran, true);
});

test("what runs is not begun a second time, and can be once it has ended", async () => {
  let [runs, open]: [number, () => void] = [0, () => undefined];
  const job = once(() => {
    runs += 1;
    return new Promise<void>((resolve) => { open = resolve; });
  });
  const both = [job(), job()];
  open();
  await Promise.all(both);
  const again = job();
  open();
  await again;
  assert.equal(runs, 2);
});

test("a server that crashes is started again, until it did so too often", () => {
  const crashes = new Crashes();
  const answers = Array.from({ length: MOST }, (_, at) => crashes.again(at));
  assert.deepEqual(answers, [true, true, false]);
  crashes.forget();
  assert.equal(crashes.again(MOST), true);
});

test("crashes that lie far apart are no loop", () => {
  const crashes = new Crashes();
  const answers = Array.from({ length: 10 }, (_, at) => crashes.again((at * WINDOW) / 2 + at));
  assert.ok(answers.every(Boolean));
});

test("a server that is silent is waited for as long as the patience lasts, and no longer", async () => {
  assert.equal(await answered(new Promise(() => undefined), 1), "silent");
  assert.equal(await answered(Promise.resolve(), 60_000), "running"); // and nothing keeps waiting
  assert.equal(await answered(Promise.reject(new Error("no")), 60_000), "failed");
});

const VERSIONS: [string | undefined, boolean][] = [
  ["0.1.0", false],
  ["0.1", false],
  ["0.10.0", false],
  ["1.0.0rc1", false],
  ["0.0.9", true],
  ["", true],
  [undefined, true],
  ["unknown", true],
];

for (const [version, older] of VERSIONS) {
  test(`${version ?? "no version"} is ${older ? "" : "not "}older than 0.1.0`, () => {
    assert.equal(isOlder(version, "0.1.0"), older);
  });
}

const NODE = process.execPath;

test("a program's words and status are given", async () => {
  let heard = "";
  const args = ["-e", "process.stdout.write('out'); process.stderr.write('err'); process.exitCode = 3"];
  const done = await execute(NODE, args, { env: process.env, seconds: 30, hear: (text) => { heard += text; } });
  assert.deepEqual(done, { status: 3, out: "out", err: "err" });
  assert.equal(heard.length, 6);
});

test("a program that is not there is no exception", async () => {
  const done = await execute("/nowhere/at/all", [], { env: {}, seconds: 5 });
  assert.notEqual(done.status, 0);
  assert.match(done.err, /ENOENT/);
});

test("a program is stopped at its deadline, and when it is told to", async () => {
  const forever = ["-e", "setInterval(() => {}, 1000)"];
  assert.match((await execute(NODE, forever, { env: process.env, seconds: 0.2 })).err, /too long/);
  const stop = new AbortController();
  const stopped = execute(NODE, forever, { env: process.env, seconds: 30, signal: stop.signal });
  stop.abort();
  assert.match((await stopped).err, /stopped/);
});

const IN_TIME = { skip: process.platform === "win32", timeout: 20_000 };

test("what a stopped program had started is stopped with it", IN_TIME, async () => {
  const starts = `require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
    console.log("begun"); setInterval(() => {}, 1000);`;
  const stop = new AbortController();
  const hear = (): void => { stop.abort(); };
  // What was started holds the output open: where it went on, this would not come to an end.
  const done = await execute(NODE, ["-e", starts], { env: process.env, seconds: 600, signal: stop.signal, hear });
  assert.match(done.err, /^It was stopped/);
});

test("a program that is told to stop before it begins ends at once", async () => {
  const done = await execute(NODE, ["-e", "setInterval(() => {}, 1000)"], { env: process.env, seconds: 30, signal: AbortSignal.abort() });
  assert.match(done.err, /stopped/);
});
