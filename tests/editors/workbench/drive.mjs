// Drives a workbench for tests in another process: a line of JSON in is a scenario, a line of JSON out what it saw.
// Between them a scenario may give a cue, and waits until its line comes back.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { scenarios } from "./scenarios.mjs";
import { Workbench } from "./ui.mjs";

const { address, shots, workbench, profile } = JSON.parse(process.argv[2]);
// playwright-core lies beside the workbench, whose program says where that is.
const [entry] = /\S+entry\.js/.exec(readFileSync(workbench, "utf8"));
const { chromium } = createRequire(entry)("playwright-core");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// One profile for all windows: the workbench's code, megabytes of it, is read and compiled once.
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: FLAGS,
  viewport: { width: 1100, height: 700 },
});
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const cue = async (name) => {
  say({ cue: name });
  return JSON.parse((await lines.next()).value).answer;
};

for (let next = await lines.next(); !next.done; next = await lines.next()) {
  const { scenario, given } = JSON.parse(next.value);
  const page = await context.newPage();
  // What the browser remembers of the last window goes: its layout, its secrets.
  const session = await context.newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: address, storageTypes: "cookies,indexeddb,local_storage" });
  const bench = new Workbench(page, shots);
  try {
    say({ saw: await scenarios[scenario](bench, given, { address, cue }) });
  } catch (error) {
    await bench.shot(`failed-${scenario}`).catch(() => undefined);
    say({ trouble: `${error.stack ?? error}\nMessages: ${(await bench.messages().catch(() => [])).join(" | ")}` });
  }
  await page.close();
}
await context.close();
