// Each command of the palette that needs no backend, with what a person sees of it; and a token that leaves no trace.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { CATALOG } from '../workspace.mjs';
import { scenario, userSettings } from './scenario.mjs';

const TOKEN = 'hf_planted_to_be_looked_for_0123456789';
const PHRASE = '# Phrase\n\nThe file could not be opened.\n\nAfter.\n';

export const commands = (options) =>
  scenario('commands', { ...options, files: { ...CATALOG, 'phrase.md': PHRASE } }, async (story) => {
    const { window, page, check, see, until, editor, log, ready } = story;
    const once = (what, wanted) => until(wanted, what).then(() => check(what, true));
    const setting = (name) => userSettings(editor)[`inference.${name}`];
    /** Run a command, see the text become what it should, and take it back by one undo. */
    const edits = async (title, after) => {
      const before = await window.text();
      await window.command(`Inference: ${title}`);
      await window.waitText(after);
      await window.focused();
      await page.keyboard.press('Control+Z');
      await once(`${title}: one edit, which one undo takes back`, async () => (await window.text()) === before);
    };
    await window.openFile('notes.md');
    await ready();
    await window.command('Inference: Cancel What Runs');

    await window.selectLine(3);
    await edits('Summarize', /Gustave.*\n\nGustave/s);
    await edits('Summarize document', /the funct\n+Gustave/);
    await window.goto(6);
    await page.keyboard.press('End');
    await edits('Complete', /the function returns the answer\nthe function returns the answer/);
    await window.selectLine(3);
    await window.command('Inference: Explain the Selection');
    const hover = page.locator('.monaco-hover:visible', { hasText: 'characters' }).first();
    await see('Explain the Selection', hover);
    check('Explain the Selection shows the hover of the selection', true);
    await page.keyboard.press('Escape');

    await window.openFile('phrase.md');
    await window.selectLine(3);
    await window.command('Inference: Translate to…');
    await see('Translate to', page.locator('.quick-input-widget'));
    await window.pick('Spanish');
    await window.waitText(/^No se pudo abrir el archivo\.$/m);
    await once('Translate to…: the language chosen is a setting', () => setting('translate.to') === 'es');
    await page.keyboard.press('Control+Z');
    await window.waitText(/^The file could not be opened\.$/m);
    await window.selectLine(3);
    await window.codeAction('Translate to Spanish');
    check('the light bulb knows the language', true);
    await page.keyboard.press('Escape');
    await window.command('Inference: Translate to…');
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'Spanish' }).waitFor();
    check('the picker remembers it', true);
    await page.keyboard.press('Escape');
    await window.selectLine(3);
    await edits('Translate', /^No se pudo abrir el archivo\.$/m);
    await edits('Translate document', /^No se pudo abrir el archivo\.$/m);

    await window.command('Inference: Turn Inline Completions On or Off');
    await once('inline completions are turned off', () => setting('inline.enabled') === false);
    await window.command('Inference: Turn Inline Completions On or Off');
    await once('and on', () => setting('inline.enabled') === true);

    await window.command('Inference: Switch Target…');
    await see('Switch Target', page.locator('.quick-input-widget'));
    await window.pick('openai');
    await page.locator('.quick-input-title', { hasText: 'Address of the target' }).waitFor();
    await window.input().fill('not an address');
    await page.locator('.quick-input-message', { hasText: 'begins with https://' }).waitFor();
    await window.input().fill('http://127.0.0.1:9/v1');
    await page.keyboard.press('Enter');
    await once('Switch Target… asks for what the target needs', () => setting('url') === 'http://127.0.0.1:9/v1');
    await once('and sets it', () => setting('target') === 'openai');
    await window.selectLine(3);
    await window.codeAction('127.0.0.1');
    check('the light bulb names the new target', true);
    await page.keyboard.press('Escape');
    await window.command('Inference: Switch Target…');
    await window.pick('provider');
    await window.pick('novita');
    await once('a provider is chosen by its name', () => setting('provider') === 'novita');
    await window.command('Inference: Switch Target…');
    await window.pick('embedded');
    await once('back to the engine', () => setting('target') === 'embedded');

    await window.command('Inference: Set Token…');
    await see('Set Token', page.locator('.quick-input-widget'));
    await window.pick('Hugging Face');
    const box = page.locator('.quick-input-widget input[type="password"]');
    await box.fill(TOKEN);
    await see('the token is dots', page.locator('.quick-input-widget'));
    await page.keyboard.press('Enter');
    await see('kept', window.toast('is kept in the'));
    check(
      'a token is in no file: home, folder, logs, the profile of the browser',
      !filesWith(process.env.TMPDIR).length,
    );
    check('a token is in no argument of any process', !execFileSync('ps', ['-eo', 'args=']).includes(TOKEN));
    await window.clearMessages();
    await window.command('Inference: Clear Token…');
    await window.pick('https://huggingface.co');
    await window.toast('is forgotten').waitFor();
    await window.clearMessages();
    await window.command('Inference: Clear Token…');
    await see('no token', window.toast('No token is kept'));
    check('a token can be cleared', true);
    await window.clearMessages();

    await window.command('Inference: Apply');
    await see('no preview', window.toast('There is no preview of a result here.'));
    check('Apply without a preview says that there is none', true);
    await window.clearMessages();

    await window.command('Inference: Choose Python…');
    await see('Choose Python', window.toast('Choose the Python, 3.11 or newer'));
    check(
      'Choose Python… says what is needed and offers to browse',
      (await window.button('Choose the', 'Browse').count()) === 1,
    );
    await window.clearMessages();

    await window.command('Inference: Run the Doctor');
    await window.output('This server can serve').waitFor();
    await see('doctor', window.output('This server can serve'));
    check('the doctor says that the server can serve', true);
    await page.keyboard.press('Control+J');
    const starts = log().split('ready after').length;
    await window.command('Inference: Restart Server');
    await once('Restart Server starts another', () => log().split('ready after').length > starts);
    await window.command('Inference: Show Log');
    await window.output('ready after').waitFor();
    check('Show Log shows it', true);
    await page.keyboard.press('Control+J');

    await window.status('Inference').click();
    await see('menu', page.locator('.quick-input-widget'));
    await window.pick('Settings');
    await page.locator('.settings-editor').waitFor();
    check('the menu of the status bar leads to the settings', true);
    await page.keyboard.press('Control+W');
    await window.command('Inference: Menu');
    await window.pick('Run the doctor');
    await window.output('This server can serve').waitFor();
    check('the menu is a command, too', true);
    check('no error was shown', (await window.errors()) === 0);
    check('the token is in no file at the end, either', !filesWith(process.env.TMPDIR).length);
  });

/** The files below a folder that hold the token. */
function filesWith(folder) {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  return files.filter((file) => {
    try {
      return fs.readFileSync(file).includes(TOKEN);
    } catch (error) {
      if (error.code === 'ENOENT') return false; // a temporary file of the editor's, gone meanwhile
      throw error;
    }
  });
}
