// VS Code's window as a person uses it: keys, lists, and what is on the screen.
//
// Knows the workbench's DOM, old and new. Knows nothing of the extension.

export class Workbench {
  constructor(page) {
    this.page = page;
  }

  static async open(browser, url, payload = []) {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await page.goto(`${url}&payload=${encodeURIComponent(JSON.stringify([['skipWelcome', 'true'], ...payload]))}`);
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    return new Workbench(page);
  }

  input() {
    return this.page.locator('.quick-input-widget input');
  }

  row(text) {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }

  /** Open a quick list, fill it, wait for a row, and take it. A list is not computed again when an extension registers
   * late, so it is opened anew until the row is there. */
  async quick(key, text, row) {
    await this.page.mouse.move(5, 5);
    for (let tries = 10; ; tries--) {
      await this.page.keyboard.press(key);
      await this.input().waitFor();
      await this.input().fill(text);
      try {
        if (row) await this.row(row).waitFor({ timeout: 2000 });
        break;
      } catch (error) {
        if (tries <= 1) throw error;
        await this.page.keyboard.press('Escape');
        await this.input().waitFor({ state: 'hidden' });
      }
    }
    await this.page.keyboard.press('Enter');
  }

  command(title) {
    return this.quick('F1', `>${title}`, title);
  }

  /** Take a row of a list that is open already. */
  async pick(text, filter = text) {
    await this.input().waitFor();
    await this.input().fill(filter);
    await this.row(text).waitFor();
    await this.page.keyboard.press('Enter');
  }

  async openFile(name) {
    await this.quick('Control+P', name, name);
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.focused();
  }

  focused() {
    return this.page.locator('.editor-instance .monaco-editor.focused').waitFor();
  }

  async goto(line, column = 1) {
    await this.quick('Control+G', `:${line}:${column}`);
    await this.input().waitFor({ state: 'hidden' });
    await this.focused();
  }

  async select(line, from, to) {
    await this.goto(line, from);
    for (let column = from; column < to; column++) await this.page.keyboard.press('Shift+ArrowRight');
  }

  async selectLine(line) {
    await this.goto(line);
    await this.page.keyboard.press('Home');
    await this.page.keyboard.press('Shift+End');
    await this.page.keyboard.press('Shift+End'); // past where a long line is wrapped
  }

  /** What an editor shows, ghost text included; of the nth editor group. */
  text(group = 0) {
    return this.page.evaluate((index) => {
      const editor = document.querySelectorAll('.editor-instance')[index];
      const lines = [...(editor?.querySelectorAll('.view-line') ?? [])];
      lines.sort((one, other) => parseInt(one.style.top) - parseInt(other.style.top));
      return lines.map((line) => line.textContent.replace(/\u00a0/g, ' ')).join('\n');
    }, group);
  }

  async waitText(pattern, { group = 0, timeout = 10_000 } = {}) {
    for (const end = Date.now() + timeout; ;) {
      const text = await this.text(group);
      if (pattern.test(text)) return text;
      if (Date.now() > end) throw new Error(`no ${pattern} in:\n${text}`);
      await this.page.waitForTimeout(50);
    }
  }

  async hover(line, column) {
    await this.goto(line, column);
    return this.hoverHere();
  }

  async hoverHere() {
    await this.page.keyboard.press('Control+K');
    await this.page.keyboard.press('Control+I');
    const box = this.page.locator('.monaco-hover:visible').first();
    await box.waitFor();
    return box;
  }

  /** The row of a code action in the light bulb's list, which is left open. */
  async codeAction(title, timeout = 15_000) {
    await this.page.locator('[class*="lightBulbWidget"], [class*="gutter-lightbulb"]').first().waitFor({ timeout });
    const row = this.page.locator('.action-widget .monaco-list-row', { hasText: title }).last();
    for (const end = Date.now() + timeout; Date.now() < end;) {
      await this.page.keyboard.press('Control+.');
      try {
        await row.waitFor({ timeout: 2500 });
        return row;
      } catch {
        // pressed too early after the selection changed; another press would take what the list has now
        const list = this.page.locator('.action-widget .monaco-list-row').first();
        if (await list.isVisible()) await this.page.keyboard.press('Escape');
        await list.waitFor({ state: 'hidden' });
      }
    }
    throw new Error(`no code action ${title}`);
  }

  async acceptCodeAction(title) {
    const focused = this.page.locator('.action-widget .monaco-list-row.focused', { hasText: title });
    for (let tries = 30; tries && !(await focused.count()); tries--) await this.page.keyboard.press('ArrowDown');
    await this.page.keyboard.press('Enter');
    await this.page.locator('.action-widget .monaco-list-row').first().waitFor({ state: 'hidden' });
  }

  /** Begin to look at the ghost text of every frame that is painted. */
  watchGhost() {
    return this.page.evaluate(() => {
      const shown = () =>
        [...document.querySelectorAll('[class*="ghost-text"]')].map((one) => one.textContent).join('|');
      const frames = (window.ghostFrames = []);
      const look = () => {
        frames.push(shown());
        window.ghostWatch = requestAnimationFrame(look);
      };
      look();
    });
  }

  /** What the frames since had: how many between the first and the last ghost text, empty ones, growths, shrinks. */
  async ghostFrames() {
    const frames = await this.page.evaluate(() => {
      cancelAnimationFrame(window.ghostWatch);
      return window.ghostFrames;
    });
    const lengths = frames.map((frame) => frame.length);
    const first = lengths.findIndex(Boolean);
    const last = lengths.findLastIndex(Boolean);
    const between = first < 0 ? [] : lengths.slice(first, last + 1);
    const kept = between.filter(Boolean);
    const steps = kept.slice(1).map((length, index) => length - kept[index]);
    return {
      frames: between.length,
      empty: between.length - kept.length,
      growths: steps.filter((step) => step > 0).length,
      shrinks: steps.filter((step) => step < 0).length,
      last: frames[last] ?? '',
    };
  }

  ghost(text) {
    return this.page.locator('[class*="ghost-text"]', text ? { hasText: text } : {}).first();
  }

  toast(text) {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  status(text) {
    return this.page.locator('.statusbar-item', { hasText: text }).first();
  }
}
