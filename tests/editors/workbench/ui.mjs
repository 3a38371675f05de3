// What a person does in a workbench, and what a person sees there. Nothing here knows of Lastmile but by its words.

/** Milliseconds that anything may take to appear. */
const PATIENCE = 120_000;

/** Milliseconds until a key or a click that nothing came of is given again: a busy workbench loses some. */
const AGAIN = { timeout: 5000 };

export class Workbench {
  constructor(page, shots) {
    this.page = page;
    this.shots = shots;
    page.setDefaultTimeout(PATIENCE);
  }

  /** Opens a folder in a fresh window. */
  async open(address, folder) {
    await this.page.goto(`${address}/?folder=${encodeURIComponent(folder)}`);
    await this.page.locator(".monaco-workbench .statusbar").waitFor();
  }

  /** Opens a file of the folder in the explorer. */
  async file(name) {
    await this.until(async () => {
      await this.page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).dblclick(AGAIN);
      await this.page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor(AGAIN);
      return true;
    });
    await this.editor().waitFor();
  }

  editor() {
    return this.page.locator(".editor-instance .view-lines").first();
  }

  async keys(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Runs a command from the palette by its title; a page that has just come takes the keyboard and closes the palette. */
  async command(title) {
    await this.until(async () => {
      await this.keys("F1");
      await this.input().fill(`>${title}`, AGAIN);
      await this.pick(title, AGAIN);
      return true;
    });
  }

  /** Types into the input at the top. */
  async answer(text, within) {
    await this.input().fill(text, within);
    await this.until(async () => {
      if (await this.input().isHidden()) return true;
      await this.keys("Enter");
      await this.page.locator(".quick-input-widget").waitFor({ state: "hidden", ...AGAIN });
      return true;
    });
  }

  /** Waits until the input at the top is for a question, by its title. */
  async asked(title) {
    await this.page.locator(".quick-input-widget:visible .quick-input-title", { hasText: title }).waitFor();
  }

  input() {
    return this.page.locator(".quick-input-widget:visible input.input");
  }

  /** Gives the choices that the input at the top offers. */
  async choices() {
    const rows = this.page.locator(".quick-input-list .monaco-list-row .label-name");
    await rows.first().waitFor();
    return rows.allTextContents();
  }

  /** Takes one of them. */
  async pick(title, within) {
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click(within);
  }

  /** Puts the cursor at a line and a column, counted from one. */
  async go(line, column) {
    await this.until(async () => {
      await this.keys("Control+G");
      await this.answer(`:${line}:${column}`, AGAIN);
      return true;
    });
  }

  /** Waits for a squiggle under a finding. */
  async squiggle(kind) {
    await this.page.locator(`.monaco-editor .squiggly-${kind}`).first().waitFor();
  }

  /** Clicks the lightbulb of the cursor's line, beside or next to it, and gives what its menu shows. */
  async lightbulb() {
    const bulb = this.page.locator(".monaco-editor .lightBulbWidget:visible").first();
    const cursor = this.page.locator(".monaco-editor.focused .cursors-layer .cursor").first();
    return this.until(async () => {
      const [at, line] = [await bulb.boundingBox(AGAIN), await cursor.boundingBox(AGAIN)];
      if (!at || !line || Math.abs(at.y - line.y) >= 1.5 * line.height) return undefined;
      await bulb.click(AGAIN);
      return this.menu();
    });
  }

  /** Opens the menu at the cursor by its key, and gives what it shows, once that fits. */
  async opened(fits = () => true) {
    return this.until(async () => {
      await this.keys("Control+.");
      const entries = await this.menu();
      if (fits(entries)) return entries;
      await this.keys("Escape");
    });
  }

  async menu() {
    const rows = this.page.locator(".action-widget .monaco-list-row.action .title");
    await rows.first().waitFor(AGAIN);
    return rows.allTextContents();
  }

  /** Chooses an entry of the menu at the cursor, which is opened by its key where it is not open. */
  async choose(title) {
    const row = this.page.locator(".action-widget .monaco-list-row.action", { hasText: title }).first();
    await this.until(async () => {
      if (!(await row.isVisible())) await this.opened((entries) => entries.some((entry) => entry.includes(title)));
      await row.hover({ force: true, ...AGAIN }); // the menu takes no click before the mouse has moved
      await row.click(AGAIN);
      return true;
    });
  }

  /** Presses a button of a part of the workbench. */
  async press(title, part) {
    await this.page.locator(`${part} .monaco-button`, { hasText: title }).first().click();
  }

  /** Gives the text of the active editor as it is drawn. */
  async text() {
    const drawn = await this.editor().locator(".view-line").evaluateAll((all) =>
      all.map((one) => [parseFloat(one.style.top), one.textContent]).sort((one, other) => one[0] - other[0]),
    );
    return drawn.map(([, text]) => text.replaceAll("\u00a0", " ")).join("\n");
  }

  /** Waits until the active editor shows a text. */
  async shows(text) {
    await this.until(async () => (await this.text()).includes(text));
  }

  /** Gives what the language status says, once it says certain words; it is looked at by a click, as it is read. */
  async status(wanted) {
    const fits = typeof wanted === "string" ? (text) => text.includes(wanted) : wanted;
    const shown = this.page.locator(".hover-language-status");
    return this.until(async () => {
      if (!(await shown.first().isVisible())) await this.page.locator("#status\\.languageStatus").click(AGAIN);
      await shown.first().waitFor(AGAIN);
      const text = (await shown.allTextContents()).join("\n");
      return fits(text) ? text : undefined;
    });
  }

  /** Tells whether the way to the menu behind our status is in sight, where nobody has scrolled to it. */
  async within() {
    return this.page.locator(".hover-language-status a", { hasText: "Menu" }).evaluate((link) => {
      const { x, y, width, height } = link.getBoundingClientRect();
      return link.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    });
  }

  /** Opens the menu behind our status, and gives what it offers. */
  async ours() {
    const link = this.page.locator(".hover-language-status a", { hasText: "Menu" });
    await this.until(async () => {
      await this.status("Lastmile");
      await link.click(AGAIN); // it is drawn anew, or gone, when the status changes meanwhile
      return true;
    });
    return this.choices();
  }

  /** Gives the text of the page in a tab, once it has what a selector names. */
  async webview(selector) {
    const page = this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
    await page.locator(selector).first().waitFor();
    return page.locator("body").innerText();
  }

  /** Follows a link of the page in a tab. */
  async follow(text) {
    const page = this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
    await page.locator("a", { hasText: text }).first().click();
  }

  /** Waits for a message whose text holds these words. */
  async message(words) {
    const found = this.page.locator(".notifications-toasts .notification-list-item", { hasText: words }).first();
    await found.waitFor();
    await found.hover();
    return {
      text: await found.locator(".notification-list-item-message").textContent(),
      buttons: await found.locator(".notification-list-item-buttons-container .monaco-button").allTextContents(),
      press: (title) => found.locator(".monaco-button", { hasText: title }).first().click(),
    };
  }

  /** Waits for a question that has to be answered first. */
  async dialog() {
    const box = this.page.locator(".monaco-dialog-box");
    await box.waitFor();
    return {
      text: (await box.locator(".dialog-message-text, .dialog-message-detail").allTextContents()).join("\n"),
      buttons: await box.locator(".monaco-button").allTextContents(),
      press: async (title) => {
        await box.locator(".monaco-button", { hasText: title }).click();
        await box.waitFor({ state: "detached" });
      },
    };
  }

  /** Gives the texts of all messages that stand there. */
  async messages() {
    return this.page.locator(".notifications-toasts .notification-list-item-message").allTextContents();
  }

  /** Takes all messages off the screen. */
  async clear() {
    await this.command("Notifications: Clear All Notifications");
    await this.page.locator(".notifications-toasts .notification-list-item").first().waitFor({ state: "detached" });
  }

  async saved() {
    await this.until(async () => {
      await this.keys("Control+S");
      await this.page.locator(".tabs-container .tab.active:not(.dirty)").waitFor(AGAIN);
      return true;
    });
  }

  async shot(name) {
    await this.page.screenshot({ path: `${this.shots}/${name}.png` });
  }

  /** Tries until something comes of it; the last trouble is told where nothing does. */
  async until(attempt) {
    const end = Date.now() + PATIENCE;
    for (let trouble; ; ) {
      try {
        const found = await attempt();
        if (found) return found;
      } catch (error) {
        trouble = error;
      }
      if (Date.now() > end) throw trouble ?? new Error(`It did not come to that: ${attempt}`);
      await this.page.waitForTimeout(100);
    }
  }
}
