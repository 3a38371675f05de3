// What a person does in a workbench, and what a person sees there. Nothing here knows of Lastmile.

/** Milliseconds that anything may take to appear. */
const PATIENCE = 20_000;

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
    await this.page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).dblclick();
    await this.page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor();
    await this.page.locator(".editor-instance .view-lines").first().waitFor();
  }

  async keys(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Runs a command from the palette by its title. */
  async command(title) {
    await this.keys("F1");
    await this.answer(`>${title}`, (row) => row.filter({ hasText: title }));
  }

  /** Types into the input at the top, and takes the first row that fits, or what was typed. */
  async answer(text, choose) {
    const input = this.page.locator(".quick-input-widget:visible input.input");
    await input.fill(text);
    if (choose) await choose(this.page.locator(".quick-input-list .monaco-list-row")).first().click();
    else await input.press("Enter");
  }

  /** Gives the choices that the input at the top offers. */
  async choices() {
    const rows = this.page.locator(".quick-input-list .monaco-list-row .label-name");
    await rows.first().waitFor();
    return rows.allTextContents();
  }

  /** Puts the cursor at a line and a column, counted from one. */
  async go(line, column) {
    await this.keys("Control+G");
    await this.answer(`:${line}:${column}`);
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  /** Waits for a squiggle under a finding. */
  async squiggle(kind) {
    await this.page.locator(`.monaco-editor .squiggly-${kind}, .monaco-editor .squiggly-inline-${kind}`).first().waitFor();
  }

  /** Clicks the lightbulb and gives what its menu shows. */
  async lightbulb() {
    await this.page.locator(".monaco-editor .lightBulbWidget:visible, .codicon-gutter-lightbulb:visible, [class*='codicon-gutter-lightbulb']:visible").first().click();
    return this.menu();
  }

  async menu() {
    const rows = this.page.locator(".action-widget .monaco-list-row.action .title");
    await rows.first().waitFor();
    return rows.allTextContents();
  }

  /** Chooses an entry of the menu that is open. */
  async choose(title) {
    const row = this.page.locator(".action-widget .monaco-list-row.action", { hasText: title }).first();
    await row.hover({ force: true }); // the menu takes no click before the mouse has moved
    await row.click();
  }

  /** Gives the text of the active editor as it is drawn. */
  async text() {
    const lines = this.page.locator(".editor-instance .view-lines").first().locator(".view-line");
    const drawn = await lines.evaluateAll((all) =>
      all.map((one) => [parseFloat(one.style.top), one.textContent]).sort((one, other) => one[0] - other[0]),
    );
    return drawn.map(([, text]) => text.replaceAll(" ", " ")).join("\n");
  }

  /** Waits until the active editor shows a text. */
  async shows(text) {
    await this.page.locator(".editor-instance .view-lines .view-line", { hasText: text }).first().waitFor();
  }

  /** Waits for a message whose text holds these words. */
  async message(words) {
    const found = this.page.locator(".notifications-toasts .notification-list-item", { hasText: words }).first();
    await found.waitFor();
    return {
      text: await found.locator(".notification-list-item-message").textContent(),
      buttons: await found.locator(".notification-list-item-buttons-container .monaco-button").allTextContents(),
      press: (title) => found.locator(".monaco-button", { hasText: title }).click(),
    };
  }

  /** Gives the texts of all messages that stand there. */
  async messages() {
    return this.page.locator(".notifications-toasts .notification-list-item-message").allTextContents();
  }

  async saved() {
    await this.keys("Control+S");
    await this.page.locator(".tabs-container .tab.active:not(.dirty)").waitFor();
  }

  async shot(name) {
    await this.page.screenshot({ path: `${this.shots}/${name}.png` });
  }
}
