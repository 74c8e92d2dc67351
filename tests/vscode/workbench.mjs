// VS Code's window as a person uses it: keys, lists, and what is on the screen.
//
// Knows the workbench's DOM, old and new. Knows nothing of the extension.

/** Titles of the commands that were run from the palette. */
export const used = new Set();

/** The commands of a manifest that the palette shows and no story ran. */
export function unusedCommands({ commands, menus }) {
  const hidden = new Set(menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command));
  const shown = commands.filter(({ command }) => !hidden.has(command));
  return shown.map(({ category, title }) => `${category}: ${title}`).filter((title) => !used.has(title));
}

export class Workbench {
  constructor(page) {
    this.page = page;
  }

  static async open(browser, url) {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await page.goto(`${url}&payload=${encodeURIComponent(JSON.stringify([['skipWelcome', 'true']]))}`);
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    return new Workbench(page);
  }

  input() {
    return this.page.locator('.quick-input-widget input');
  }

  row(text) {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }

  focusedRow(text) {
    return this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: text }).first();
  }

  /** Open a quick list, fill it, wait for a row, and take it. A list is not computed again when an extension registers
   * late, so it is opened anew until the row is there. */
  async quick(key, text, row, choose = () => undefined) {
    await this.page.mouse.move(5, 5);
    for (let tries = 10; ; tries--) {
      await this.page.keyboard.press(key);
      await this.input().waitFor();
      await this.input().fill(text);
      try {
        if (row) await row.waitFor({ timeout: 2000 });
        break;
      } catch (error) {
        if (tries <= 1) throw error;
        await this.page.keyboard.press('Escape');
        await this.input().waitFor({ state: 'hidden' });
      }
    }
    await choose();
    await this.page.keyboard.press('Enter');
  }

  /** Run a command of the palette. The list puts what was used lately first, so the row is gone to by its whole name. */
  async command(title) {
    used.add(title);
    await this.quick('F1', `>${title}`, this.row(title), async () => {
      const focused = this.page.locator('.quick-input-list .monaco-list-row.focused .label-name').first();
      for (let tries = 20; (await focused.textContent()).trim() !== title; tries--) {
        if (!tries) throw new Error(`no command ${title}`);
        await this.page.keyboard.press('ArrowDown');
      }
    });
  }

  /** Take a row of a list that is open already. */
  async pick(text, filter = text) {
    await this.input().waitFor();
    await this.input().fill(filter);
    await this.focusedRow(text).waitFor();
    await this.page.keyboard.press('Enter');
  }

  async openFile(name) {
    await this.quick('Control+P', name, this.focusedRow(name));
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
    return this.page.evaluate(linesOf, { group, ghosts: true });
  }

  /** What is in the text of the first editor group, as far as it is shown. */
  written() {
    return this.page.evaluate(linesOf, { group: 0, ghosts: false });
  }

  /** Wait until the text itself, without ghost text, satisfies a pattern. */
  waitWritten(pattern, timeout = 20_000) {
    return this.waitFor(() => this.written(), pattern, timeout);
  }

  /** Wait until all ghost text together satisfies a pattern. */
  waitGhost(pattern, timeout = 20_000) {
    return this.waitFor(() => this.ghostText(), pattern, timeout);
  }

  /** All that is shown as ghost text. */
  ghostText() {
    return this.page.evaluate(ghostText);
  }

  async waitFor(read, pattern, timeout) {
    for (const end = Date.now() + timeout; ;) {
      const text = await read();
      if (pattern.test(text)) return text;
      if (Date.now() > end) throw new Error(`no ${pattern} in:\n${text}`);
      await this.page.waitForTimeout(50);
    }
  }

  waitText(pattern, { group = 0, timeout = 20_000 } = {}) {
    return this.waitFor(() => this.text(group), pattern, timeout);
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
  async codeAction(title) {
    await this.page.locator('[class*="lightBulbWidget"], [class*="gutter-lightbulb"]').first().waitFor();
    return this.rowOfActions(title, () => this.page.keyboard.press('Control+.'));
  }

  /** The same for an action on the whole document. */
  sourceAction(title) {
    return this.rowOfActions(title, () => this.command('Source Action...'));
  }

  async rowOfActions(title, open, timeout = 20_000) {
    const list = this.page.locator('.action-widget .monaco-list-row');
    const row = list.filter({ hasText: title }).last();
    for (const end = Date.now() + timeout; Date.now() < end;) {
      await open();
      try {
        await row.waitFor({ timeout: 2500 });
        return row;
      } catch {
        // asked too early after the selection changed; another key would take what the list has now
        if (await list.first().isVisible()) await this.page.keyboard.press('Escape');
        await list.first().waitFor({ state: 'hidden' });
      }
    }
    throw new Error(`no code action ${title}`);
  }

  async acceptCodeAction(title) {
    const focused = this.page.locator('.action-widget .monaco-list-row.focused', { hasText: title });
    for (let tries = 30; !(await focused.count()); tries--) {
      if (!tries) throw new Error(`no code action ${title}`);
      await this.page.keyboard.press('ArrowDown');
    }
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
    };
  }

  ghost(text) {
    return this.page.locator('[class*="ghost-text"]', text ? { hasText: text } : {}).first();
  }

  /** The moment, in milliseconds since 1970, of the first frame that has ghost text. */
  firstGhost() {
    return this.page.evaluate(
      () =>
        new Promise((resolve) => {
          const look = () => {
            const shown = [...document.querySelectorAll('[class*="ghost-text"]')].some((one) => one.textContent.trim());
            if (shown) resolve(Date.now());
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
  }

  toast(text) {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  /** A button of a notification. */
  button(toast, label) {
    return this.toast(toast).locator('a.monaco-button, .monaco-text-button', { hasText: label }).first();
  }

  /** Messages that say that something went wrong inside the extension or the client. */
  errors() {
    return this.page.locator('.notification-toast .codicon-error').count();
  }

  clearMessages() {
    return this.command('Notifications: Clear All Notifications');
  }

  /** The output panel, once it shows these words. */
  output(words) {
    return this.page
      .locator('.output-view-container, [id="workbench.panel.output"]')
      .filter({ hasText: words })
      .first();
  }

  /** A button in the title of the editor that is in front. */
  titleButton(label) {
    return this.page
      .locator(`.editor-actions [aria-label^="${label}"], .title-actions [aria-label^="${label}"]`)
      .first();
  }

  /** The submenu of this name in the editor's context menu, opened by keys: a click would drop the selection. */
  async contextMenu(submenu) {
    await this.page.keyboard.press('Shift+F10');
    const entry = this.page.locator('.context-view .monaco-menu .action-item', { hasText: submenu }).first();
    await entry.hover();
    const menu = this.page.locator('.monaco-submenu').last();
    await menu.waitFor();
    return menu;
  }

  /** Take a row of a submenu of the context menu. */
  async chooseInContextMenu(submenu, label) {
    const menu = await this.contextMenu(submenu);
    const row = menu.locator('.action-item', { hasText: label }).first();
    await row.hover();
    await menu.locator('.action-item.focused', { hasText: label }).waitFor();
    await this.page.keyboard.press('Enter');
    await menu.waitFor({ state: 'detached' });
  }

  status(text) {
    return this.page.locator('.statusbar-item', { hasText: text }).first();
  }

  /** The warning in our entry of the status bar. */
  warning() {
    return this.status('Inference').locator('.codicon-warning');
  }

  /** Our entry in the status bar has nothing under way. */
  idle() {
    const still = this.page.locator('.codicon-sparkle, .codicon-warning');
    return this.page.locator('.statusbar-item', { hasText: 'Inference', has: still }).first().waitFor();
  }
}

/** The lines of the nth editor group, in their order; runs in the page. */
function linesOf({ group, ghosts }) {
  const editor = document.querySelectorAll('.editor-instance')[group];
  const all = [...(editor?.querySelectorAll('.view-line') ?? [])];
  const lines = ghosts ? all : all.filter((line) => !line.closest('.view-zones'));
  lines.sort((one, other) => parseInt(one.style.top) - parseInt(other.style.top));
  const textOf = (line) => {
    const copy = line.cloneNode(true);
    if (!ghosts) for (const ghost of copy.querySelectorAll('[class*="ghost-text"]')) ghost.remove();
    return copy.textContent.replace(/\u00a0/g, ' ');
  };
  return lines.map(textOf).join('\n');
}

/** All ghost text; runs in the page. */
function ghostText() {
  const all = [...document.querySelectorAll('[class*="ghost-text"]')];
  const outer = all.filter((one) => !one.parentElement.closest('[class*="ghost-text"]'));
  const isBelow = (one) => (one.closest('.view-zones') ? 1 : 0);
  return outer
    .sort((one, other) => isBelow(one) - isBelow(other))
    .map((one) => one.textContent)
    .join('')
    .replace(/\u00a0/g, ' ');
}
