// Each entry of the context menu, and each of the light bulb: what it does to the text, and that one undo takes it back.

import { CATALOG } from '../workspace.mjs';
import { scenario } from './scenario.mjs';

const PHRASE = '# Phrase\n\nThe file could not be opened.\n\nAfter.\n';
const SPANISH = /^No se pudo abrir el archivo\.$/m;

/** Where the caret goes in which file, and what becomes of the text there. */
const ACTIONS = [
  { title: 'Summarize', exact: /^Summarize(?! document)/, file: 'notes.md', line: 3, after: /Gustave.*\n\nGustave/s },
  { title: 'Complete', file: 'notes.md', line: 6, atEnd: true, after: /(the function returns the answer\n){2}/ },
  { title: 'Summarize document', source: true, file: 'notes.md', line: 3, after: /the funct\n+Gustave/ },
  { title: 'Translate', exact: /^Translate(?! document| to…)/, file: 'phrase.md', line: 3, after: SPANISH },
  { title: 'Translate document', source: true, file: 'phrase.md', line: 3, after: SPANISH },
];

export const menus = (options) =>
  scenario(
    'menus',
    { ...options, files: { ...CATALOG, 'phrase.md': PHRASE }, settings: { 'inference.translate.to': 'es' } },
    async (story) => {
      const { window, page, check, see, until, ready } = story;
      await window.openFile('notes.md');
      await ready();
      await window.selectLine(3);
      await see('context menu', await window.contextMenu('Inference'));
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');

      const choose = {
        'context menu': ({ title, exact = title }) => window.chooseInContextMenu('Inference', exact),
        'light bulb': async ({ title, exact = title, source }) => {
          await (source ? window.sourceAction(exact) : window.codeAction(exact));
          if (title === 'Summarize document')
            await see('source actions', page.locator('.action-widget:visible').first());
          await window.acceptCodeAction(exact);
        },
      };
      for (const [where, chooseAction] of Object.entries(choose)) {
        for (const action of ACTIONS) {
          await window.openFile(action.file);
          if (action.atEnd) {
            await window.goto(action.line);
            await page.keyboard.press('End');
          } else await window.selectLine(action.line);
          const before = await window.text();
          await chooseAction(action);
          await window.waitText(action.after);
          await window.focused();
          await page.keyboard.press('Control+Z');
          await until(async () => (await window.text()) === before, `undo of ${action.title}`);
          check(`${action.title}, from the ${where}: one edit, which one undo takes back`, true);
        }
      }

      await window.openFile('phrase.md');
      await window.selectLine(3);
      await window.chooseInContextMenu('Inference', 'Translate to…');
      await window.pick('Spanish');
      await window.waitText(SPANISH);
      check('Translate to…, from the context menu, asks for the language and translates', true);
      await window.openFile('notes.md');
      await window.selectLine(3);
      await window.chooseInContextMenu('Inference', 'Explain the Selection');
      await page.locator('.monaco-hover:visible', { hasText: 'characters' }).first().waitFor();
      check('Explain the Selection, from the context menu, shows its hover', true);
      check('no error was shown', (await window.errors()) === 0);
    },
  );
