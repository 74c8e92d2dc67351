// The first minute: nothing configured, nothing leaves the machine.

import fs from 'node:fs';
import path from 'node:path';
import { PASSAGE } from '../workspace.mjs';
import { scenario, userSettings } from './scenario.mjs';

const TOKEN = 'hf_planted_to_be_looked_for_0123456789';

export const embedded = (options) =>
  scenario(
    'embedded',
    options,
    async ({ window, page, check, shot, say, until, servers, settings, editor, workspace, log }) => {
      await window.openFile('notes.md');
      await window.status('Inference').waitFor();
      const ready = await until(() => /ready after (\d+) ms/.exec(log()), 'server');
      say(`# the server answered ${ready[1]} ms after it was started`);
      check(
        'one server runs, isolated from the packages of the user',
        servers().length === 1 && / -I -S /.test(servers()[0].command),
      );

      await window.selectLine(3);
      await window.codeAction('Summarize');
      await shot('light bulb');
      await window.acceptCodeAction('Summarize');
      await until(async () => (await window.text()).split('Gustave').length === 3, 'summary');
      check(
        'a summary goes below the passage, which stays',
        (await window.text()).replaceAll('\n', '').includes('Many visitors come in summer.'),
      );
      await shot('summarized');
      await page.keyboard.press('Control+Z');
      await until(async () => (await window.text()).split('Gustave').length === 2, 'undo');
      check('one undo takes it back', true);

      await window.goto(3, PASSAGE.indexOf('info@') + 1);
      for (let count = 0; count < 'info@example.org'.length; count++) await page.keyboard.press('Shift+ArrowRight');
      const hover = await window.hoverHere();
      await until(async () => /16 characters/.test(await hover.innerText()), 'hover');
      const words = await hover.innerText();
      check(
        'a hover explains the selection and not the sentence around it',
        /EMAIL/.test(words) && !/2026/.test(words),
      );
      await page.keyboard.press('Escape');
      await window.selectLine(3);
      await window.hoverHere();
      await until(
        async () => /2026/.test(await page.locator('.monaco-hover:visible').first().innerText()),
        'hover of all',
      );
      await page.waitForTimeout(400); // it fades in
      await shot('hover');
      await page.locator('.monaco-hover:visible a', { hasText: 'Summarize' }).first().click();
      await until(async () => (await window.text()).split('Gustave').length === 3, 'summary by a link');
      check('a link in a hover runs an action', true);
      await page.keyboard.press('Escape');
      await window.focused();
      await page.keyboard.press('Control+Z');
      await until(async () => (await window.text()).split('Gustave').length === 2, 'undo');

      await window.goto(6, 10);
      await page.keyboard.press('Backspace');
      await page.keyboard.type('t');
      await window.ghost('ion returns the answer').waitFor();
      await shot('ghost text');
      await page.keyboard.type('ion', { delay: 60 });
      await window.ghost(' returns the answer').waitFor();
      check('letters that agree use the ghost text up', true);
      await page.keyboard.press('Control+ArrowRight');
      await window.ghost(' the answer').waitFor();
      check('a key takes a word of it', /the function returns\b/.test(await window.text()));
      await page.keyboard.press('Tab');
      await window.waitText(/the function returns the answer\n.*the function returns the answer/s);
      check('Tab takes the rest', true);

      await window.command('Inference: Translate to…');
      await window.pick('French');
      await until(() => userSettings(editor)['inference.translate.to'] === 'fr', 'setting');
      await window.selectLine(3);
      await window.codeAction('Translate to French');
      check('the language picker remembers, and the light bulb knows', true);
      await page.keyboard.press('Escape');

      await window.command('Inference: Turn Inline Completions On or Off');
      await until(() => userSettings(editor)['inference.inline.enabled'] === false, 'setting');
      check('inline completions can be turned off by a command', true);
      await window.command('Inference: Turn Inline Completions On or Off');
      await until(() => userSettings(editor)['inference.inline.enabled'] === true, 'setting');

      settings({ 'inference.edit.apply': 'preview' });
      await window.selectLine(3);
      await window.command('Inference: Summarize');
      await page.locator('.tab', { hasText: 'Summarize.md' }).waitFor();
      const shown = await window.waitText(/Gustave/, { group: 1 });
      await page.locator('.tab', { hasText: 'Summarize.md' }).click();
      await shot('preview');
      await page.locator('.editor-actions [aria-label^="Apply"], .title-actions [aria-label^="Apply"]').first().click();
      await page.locator('.tab', { hasText: 'Summarize.md' }).waitFor({ state: 'detached' });
      const first = shown.trim().slice(0, 30);
      await until(async () => (await window.text()).split(first).length === 3, 'applied result');
      check('a preview beside the text is applied by its title bar and closed', true);
      await page.keyboard.press('Control+1');
      await window.focused();
      await page.keyboard.press('Control+Z');
      await until(async () => (await window.text()).split(first).length === 2, 'undo');
      check('one undo takes it back, too', true);

      await window.command('Inference: Set Token…');
      await window.pick('Hugging Face');
      const box = page.locator('.quick-input-widget input[type="password"]');
      await box.fill(TOKEN);
      await shot('token');
      await page.keyboard.press('Enter');
      await window.toast('is kept in the').waitFor();
      check('a token is on no disk and in no log', !containsToken(editor.home) && !containsToken(workspace));
      await window.command('Notifications: Clear All Notifications');
      await window.command('Inference: Clear Token…');
      await window.pick('https://huggingface.co');
      await window.toast('is forgotten').waitFor();
      check('a token can be cleared', true);

      await window.command('Inference: Run the Doctor');
      await page
        .locator('.output-view-container, [id="workbench.panel.output"]')
        .filter({ hasText: 'This server can serve' })
        .waitFor();
      await shot('doctor');
      check('the doctor says that the server can serve', true);
      await page.keyboard.press('Control+J');

      const [old] = servers();
      say(`# memory of the server in use: ${(old.kilobytes / 1024).toFixed(0)} MB`);
      process.kill(old.pid, 'SIGKILL');
      await until(() => servers().some(({ pid }) => pid !== old.pid), 'new server');
      await until(() => log().split('ready after').length > 1 && /started again in 250 ms/.test(log()), 'log of it');
      settings({ 'inference.edit.apply': 'auto' });
      await window.selectLine(3);
      await window.codeAction('Summarize');
      await window.acceptCodeAction('Summarize');
      await until(async () => (await window.text()).split('Gustave').length === 3, 'summary by the new server');
      check('a killed server is started again and answers', true);
      check('no error was shown', (await page.locator('.notification-toast .codicon-error').count()) === 0);
    },
  );

function containsToken(folder) {
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) => {
    if (!entry.isFile()) return false;
    return fs.readFileSync(path.join(entry.parentPath ?? entry.path, entry.name)).includes(TOKEN);
  });
}
