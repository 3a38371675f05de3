// Drives a workbench for tests in another process: a line of JSON in is a scenario, a line of JSON out what it saw.
// Between them a scenario may give a cue, and waits until its line comes back.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { scenarios } from "./scenarios.mjs";
import { Workbench } from "./ui.mjs";

const { address, shots, workbench } = JSON.parse(process.argv[2]);
// playwright-core lies beside the workbench, whose program says where that is.
const [entry] = /\S+entry\.js/.exec(readFileSync(workbench, "utf8"));
const { chromium } = createRequire(entry)("playwright-core");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const cue = async (name) => {
  say({ cue: name });
  return JSON.parse((await lines.next()).value).answer;
};

for (let next = await lines.next(); !next.done; next = await lines.next()) {
  const { scenario, given } = JSON.parse(next.value);
  const context = await browser.newContext({ viewport: { width: 1100, height: 700 } });
  const bench = new Workbench(await context.newPage(), shots);
  try {
    say({ saw: await scenarios[scenario](bench, given, { address, cue }) });
  } catch (error) {
    await bench.shot(`failed-${scenario}`).catch(() => undefined);
    say({ trouble: `${error.stack ?? error}\nMessages: ${(await bench.messages().catch(() => [])).join(" | ")}` });
  }
  await context.close();
}
await browser.close();
