// What is done in a workbench, test by test. Each gives what it saw; what is right is the test's to say.

const UNDO = "Lastmile: Undo the Last Edit and Report It";

export const scenarios = {
  /** Opens a file, waits for its squiggle, fixes it by the lightbulb, and saves; then takes the fix back. */
  async fix(bench, { folder, file, squiggle, at, title, was, becomes, words }, { address }) {
    await bench.open(address, folder);
    await bench.file(file);
    await bench.squiggle(squiggle);
    await bench.go(...at);
    const shown = await bench.lightbulb();
    await bench.shot("lightbulb");
    await bench.choose(title);
    await bench.shows(becomes);
    await bench.saved();
    await bench.shot("fixed");
    const messages = await bench.messages();
    const last = await bench.status("Last: ");
    const within = await bench.within();
    await bench.keys("Escape");
    await bench.command(UNDO);
    await bench.asked("Undo the last edit");
    await bench.keys("Escape"); // which is a no
    await bench.input().waitFor({ state: "hidden" });
    const left = await bench.text();
    await bench.command(UNDO);
    await bench.asked("Undo the last edit");
    await bench.answer(words);
    await bench.shows(was);
    const undone = (await bench.message("taken back")).text;
    await bench.shot("undone");
    await bench.command(UNDO);
    await bench.asked("Undo the last edit");
    await bench.answer("");
    const nothing = (await bench.message("no edit to take back")).text;
    await bench.command("Lastmile: Why Was This Refused");
    await bench.message("Nothing was refused");
    return { shown, messages, last, within, left, undone, nothing };
  },

  /** Waits until the menu has a fix that is ready, and takes it: of a file that is read-only, which is asked about, and of one that is not. */
  async ready(bench, { folder, file, at, title, becomes }, { address, cue }) {
    await bench.open(address, folder);
    await bench.file(file);
    await bench.squiggle("warning");
    await bench.go(...at);
    const shown = await bench.opened((entries) => entries.some((entry) => entry.includes("(ready, free)")));
    await bench.shot("ready");
    await bench.choose(title);
    const asked = (await bench.message("is read-only")).text;
    await bench.clear(); // which is a no
    const left = await bench.text();
    await cue("unlocked");
    await bench.editor().click();
    await bench.go(...at);
    await bench.choose(title);
    await bench.shows(becomes);
    await bench.saved();
    return { shown, asked, left, messages: await bench.messages(), last: await bench.status("Last: ") };
  },

  /** Fixes a finding of a read-only file whose edit is shown first: once thrown away, once applied, which the walkthrough ticks. */
  async preview(bench, { folder, file, at, title, was, becomes }, { address }) {
    await bench.open(address, folder);
    await bench.file(file);
    await bench.squiggle("warning");
    await bench.go(...at);
    await bench.choose(title);
    const locked = await bench.message("is read-only");
    await bench.shot("read-only");
    await locked.press("Make it writeable");
    await (await bench.message(title)).press("Throw away");
    await bench.file(file);
    await bench.shows(was);
    await bench.go(...at);
    await bench.choose(title);
    const asked = await bench.message(title);
    const sides = bench.page.locator(".monaco-diff-editor .view-lines");
    await sides.nth(1).locator(".view-line", { hasText: "None" }).waitFor();
    await bench.shot("preview");
    const shown = (await sides.allTextContents()).map((text) => text.replaceAll("\u00a0", " "));
    await asked.press("Apply");
    await bench.file(file);
    await bench.shows(becomes);
    await bench.saved();
    await bench.command("Lastmile: Open the Walkthrough");
    await bench.page.locator(".gettingStartedContainer [data-done-step-id$='#fix'].complete").first().waitFor();
    return { locked, text: asked.text, buttons: asked.buttons, shown };
  },

  /** Looks at the status item, pauses completions by its menu, and opens the walkthrough. */
  async status(bench, { folder, file }, { address }) {
    await bench.open(address, folder);
    await bench.file(file);
    await bench.squiggle("warning");
    const status = await bench.status("rules");
    const waits = await bench.status("the machine is busy");
    await bench.shot("status");
    const menu = await bench.ours();
    await bench.shot("menu");
    await bench.pick("Pause completions");
    const paused = await bench.status("paused");
    await bench.editor().click(); // the status goes, which lies over messages
    await bench.command("File: Set Active Editor Read-only in Session");
    await bench.command("Lastmile: Instruct");
    const nobody = await bench.message("No tier can follow");
    await bench.shot("nobody-follows");
    await bench.clear();
    await bench.command("Lastmile: Open Settings");
    await bench.page.locator(".settings-editor .setting-item-title", { hasText: "Server" }).first().waitFor();
    await bench.command("Lastmile: Open the Walkthrough");
    const steps = bench.page.locator(".gettingStartedContainer .getting-started-step .step-title");
    await steps.first().waitFor();
    await bench.page.locator(".gettingStartedContainer [data-done-step-id$='#server'].complete").first().waitFor();
    await bench.shot("walkthrough");
    const named = await steps.allTextContents();
    await bench.command("Lastmile: Bill as a Page");
    const page = await bench.webview(".kicker");
    await bench.shot("bill-page");
    return { status, waits, menu, paused, nobody, steps: named, page, messages: await bench.messages() };
  },

  /** Types until ghost text is there, and takes a word of it, and then the rest. */
  async complete(bench, { folder, file, at, typed }, { address }) {
    await bench.open(address, folder);
    await bench.file(file);
    const cold = await bench.status("local");
    await bench.go(...at);
    await bench.page.keyboard.type(typed);
    const ghost = bench.page.locator(".monaco-editor .ghost-text-decoration, .monaco-editor .ghost-text").first();
    await ghost.waitFor();
    const spans = await bench.page.locator(".monaco-editor .ghost-text-decoration, .monaco-editor .ghost-text").allTextContents();
    const shown = spans.join("");
    await bench.shot("ghost");
    await bench.keys("Control+ArrowRight");
    await bench.shows(`${typed}${shown.trim().split(/\s/)[0]}`);
    await bench.keys("Tab");
    await ghost.waitFor({ state: "detached" });
    const warm = await bench.status("warm");
    await bench.saved();
    return { shown, cold, warm };
  },

  /** Keeps a key, is asked for money, says no, then yes; then the report, and an instruction that is cancelled. */
  async paid(bench, { folder, file, key, at, title, becomes, words, link }, { address, cue }) {
    await bench.open(address, folder);
    await bench.file(file);
    await bench.status("rules");
    await bench.command("Lastmile: Set the API Key");
    await bench.answer("");
    const none = (await bench.message("No API key was given")).text;
    await bench.command("Lastmile: Set the API Key");
    await bench.answer(key);
    const kept = (await bench.message("is kept in the editor's secret storage")).text;
    await bench.clear();
    await bench.status("sonnet");
    await bench.go(...at);
    await bench.choose(title);
    const asked = await bench.message("Ask sonnet (");
    await bench.shot("consent");
    await asked.press("Not now");
    const refused = await bench.message("no consent");
    await bench.keys("Escape");
    const before = await cue("refused");
    await bench.page.reload(); // a new window has the key from the secret storage
    await bench.editor().click();
    await bench.status("sonnet");
    await bench.go(...at);
    await bench.choose(title);
    await (await bench.message("Ask sonnet (")).press("Once");
    await bench.shows(becomes);
    await bench.saved();
    const cost = await bench.status("Last: ");
    await bench.shot("receipt");
    await bench.command("Lastmile: Show Last Report");
    await bench.page.locator(".tabs-container .tab.active", { hasText: ".md" }).waitFor();
    const report = await bench.webview("h1");
    await bench.shot("report");
    await bench.follow(link);
    await bench.page.locator(`.tabs-container .tab.active[data-resource-name="${file}"]`).waitFor();
    await bench.ours();
    await bench.pick("Instruct");
    await bench.answer(words);
    await (await bench.message("Ask sonnet (")).press("Once");
    await cue("drafting");
    await (await bench.message("asking sonnet")).press("Cancel");
    const ended = await cue("cancelled");
    return { none, kept, asked, refused: refused.text, before, cost, report, ended };
  },

  /** Instructs in a read-only editor, looks at the bill, and applies a draft that nothing passed, once it was looked at. */
  async instruct(bench, { folder, file, at, words, becomes, title, unverified }, { address, cue }) {
    await bench.open(address, folder);
    await bench.file(file);
    await bench.status("sonnet");
    await bench.go(...at);
    await bench.command("File: Set Active Editor Read-only in Session");
    await bench.ours();
    await bench.pick("Instruct");
    const first = await bench.message("is read-only"); // the palette knows of it, our menu has to find out
    await bench.clear();
    await bench.command("Lastmile: Instruct");
    const locked = await bench.message("is read-only");
    await locked.press("Make it writeable");
    await bench.answer(words);
    await bench.shows(becomes);
    await bench.saved();
    await bench.command("Lastmile: Show the Bill");
    await bench.page.locator(".tabs-container .tab.active", { hasText: "Lastmile bill" }).waitFor();
    await bench.shows("sonnet");
    const bill = await bench.text();
    await cue("worse");
    await bench.file(file);
    await bench.go(4, 5);
    await bench.choose(title);
    await (await bench.message("Ask opus (")).press("Not now");
    const refused = await bench.message("no consent to ask opus");
    await bench.shot("refused");
    await refused.press("Apply the best draft, unverified");
    const look = await bench.message("Unverified: ");
    const before = await cue("looking");
    await bench.shot("unverified");
    await look.press("Apply");
    await bench.file(file);
    await bench.shows(unverified);
    await bench.saved();
    await bench.command("Lastmile: Why Was This Refused");
    await bench.page.locator(".tabs-container .tab.active", { hasText: ".md" }).waitFor();
    const why = await bench.webview("h1");
    await bench.shot("why");
    return { first: first.text, locked: locked.text, bill, refused: refused.text, buttons: refused.buttons, look: look.text, before, why };
  },

  /** Goes through what can be wrong with the server, with the settings that each cue brings. */
  async troubles(bench, { folder, file, steps }, { address, cue }) {
    await bench.open(address, folder);
    await bench.file(file);
    const seen = [];
    for (const { name, words, press, then } of steps) {
      await cue(name);
      const message = await bench.message(words);
      await bench.shot(`trouble-${name}`);
      seen.push({ name, text: message.text, buttons: message.buttons, messages: (await bench.messages()).length });
      if (press) await message.press(press);
      if (then) await bench.page.locator(then).first().waitFor(); // after an installation
      await bench.clear();
    }
    return seen;
  },

  /** Has a server installed in the place of a bad one, then asks for another while it runs, and says first no, then yes. */
  async again(bench, { folder, file, words, press }, { address, cue }) {
    await bench.open(address, folder);
    await bench.file(file);
    const bad = await bench.message(words);
    await bad.press(press);
    await bench.squiggle("warning");
    await bench.command("Lastmile: Install the Server");
    const asked = await bench.dialog();
    await bench.shot("install-again");
    await asked.press("Cancel");
    await bench.command("Lastmile: Install the Server");
    await (await bench.dialog()).press("Install it"); // nothing would be asked while another is being installed
    await bench.until(async () => (await cue("started")) === "twice");
    await bench.status("rules");
    return { bad, text: asked.text, buttons: asked.buttons };
  },

  /** Opens a folder that is not trusted, then trusts it. */
  async trust(bench, { folder, file }, { address }) {
    await bench.open(address, folder);
    await bench.page.locator(".monaco-dialog-box .monaco-button", { hasText: "No, I don't trust" }).click();
    await bench.file(file);
    await bench.squiggle("warning");
    const restricted = await bench.status("not trusted");
    await bench.shot("restricted");
    await bench.page.locator(".statusbar-item", { hasText: "Restricted Mode" }).click();
    await bench.page.locator(".workspace-trust-editor .monaco-button", { hasText: "Trust" }).first().click();
    await bench.page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor({ state: "detached" });
    await bench.file(file);
    return { restricted, trusted: await bench.status((text) => text.includes("rules") && !text.includes("not trusted")) };
  },

  /** Beside other extensions: gives what the lightbulb offers where no squiggle of ours is. */
  async beside(bench, { folder, file, at }, { address }) {
    await bench.open(address, folder);
    await bench.file(file);
    await bench.status("rules");
    await bench.go(...at);
    const shown = await bench.opened();
    return { shown, squiggles: await bench.page.locator(".monaco-editor [class*='squiggly-']").count() };
  },

  /** Opens a file that is too big for extensions after one that is not: that is told, and there is nothing to instruct. */
  async huge(bench, { folder, file, other }, { address }) {
    await bench.open(address, folder);
    await bench.file(other);
    await bench.file(file);
    const told = await bench.message("to extensions");
    await bench.shows("a line");
    await bench.shot("huge");
    await told.press("Open another file");
    await bench.input().fill(other);
    await bench.pick(other);
    await bench.page.locator(`.tabs-container .tab.active[data-resource-name="${other}"]`).waitFor();
    await bench.file(file);
    await bench.command("Lastmile: Instruct");
    const nothing = await bench.message("An instruction is for");
    return { told, nothing: nothing.text };
  },

  /** Opens a folder and leaves it open until it is cued: another extension is at work there. */
  async stay(bench, { folder }, { address, cue }) {
    await bench.open(address, folder);
    return await cue("measured");
  },

  /** The first minute: a folder, the question of trust, a file, its lightbulb. Gives the seconds that it took. */
  async first(bench, { folder, file, at, title, becomes }, { address }) {
    const began = Date.now();
    await bench.open(address, folder);
    await bench.page.locator(".monaco-dialog-box .monaco-button", { hasText: "Yes, I trust" }).click();
    await bench.file(file);
    await bench.squiggle("warning");
    await bench.go(...at);
    await bench.lightbulb();
    await bench.choose(title);
    await bench.shows(becomes);
    await bench.saved();
    const seconds = (Date.now() - began) / 1000;
    await bench.shot("first-minute");
    return { seconds };
  },
};
