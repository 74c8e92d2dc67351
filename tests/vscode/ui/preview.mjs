// A result that grows beside the text and waits for a decision: apply, insert below, discard, run again, copy.

import { endless, startBackend } from '../backend.mjs';
import { scenario } from './scenario.mjs';

const words = (text) => text.split(/(?= )/);
const FIRST =
  ' A tower by Gustave Eiffel, finished in 1889, was the tallest building of its time and is painted often.';
const SECOND = ' Paint it every seven years, and plan the visit well ahead of the deadline.';

export async function preview(options) {
  const backend = await startBackend();
  const settings = {
    'inference.target': 'openai',
    'inference.url': backend.url,
    'inference.edit.apply': 'preview',
    'inference.models': { summarization: 'a-model' },
  };
  await scenario('preview', { ...options, settings }, async (story) => {
    const { window, page, check, shot, see, until, ready } = story;
    const tab = page.locator('.tab', { hasText: 'Summarize.md' });
    const results = async (text) =>
      (await window.text()).replaceAll('\n', ' ').split(text.trim().slice(0, 30)).length - 1;
    const summarize = async (script) => {
      backend.script = script;
      await page.keyboard.press('Control+1');
      await window.selectLine(3);
      await window.command('Inference: Summarize');
      await tab.waitFor();
    };
    const whole = async (text) => {
      await until(async () => (await window.text(1)).replaceAll(/\s+/g, ' ').includes(text.trim()), 'whole result');
      await window.idle();
      await tab.click();
    };
    const undone = async (text) => {
      await tab.waitFor({ state: 'detached' });
      await until(async () => (await results(text)) === 1, 'result in the text');
      await page.keyboard.press('Control+1');
      await window.focused();
      await page.keyboard.press('Control+Z');
      await until(async () => (await results(text)) === 0, 'undo');
    };
    await window.openFile('notes.md');
    await ready();

    await summarize({ pieces: words(FIRST), every: 120 });
    const lengths = new Set();
    await until(async () => {
      lengths.add((await window.text(1)).trim().length);
      if (lengths.size === 6) await shot('it grows');
      return (await window.text(1)).replaceAll(/\s+/g, ' ').includes('painted often.');
    }, 'the end');
    check(`a preview grows beside the text while the model writes: seen at ${lengths.size} lengths`, lengths.size >= 5);
    check('the text itself is untouched meanwhile', (await results(FIRST)) === 0);
    await whole(FIRST);
    await see('it is whole', page.locator('.editor-group-container').nth(1));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await window.titleButton('Copy').click();
    await window.status('the result is on the clipboard').waitFor();
    check(
      'Copy puts it on the clipboard',
      (await page.evaluate('navigator.clipboard.readText()')).trim() === FIRST.trim(),
    );
    await window.titleButton('Apply').click();
    await undone(FIRST);
    check('Apply puts it into the text and closes the preview; one undo takes it back', true);

    await summarize({ pieces: words(FIRST), every: 10 });
    await whole(FIRST);
    await window.titleButton('Insert Below').click();
    await undone(FIRST);
    check('Insert Below does so below; one undo takes it back', true);

    await summarize({ pieces: words(FIRST), every: 10 });
    await whole(FIRST);
    backend.script = { pieces: words(SECOND), every: 50 };
    await window.titleButton('Run Again').click();
    await whole(SECOND);
    check('Run Again asks again and shows the new result', (await tab.count()) === 1);
    await window.command('Inference: Copy');
    await window.status('the result is on the clipboard').waitFor();
    await window.command('Inference: Run Again');
    await whole(SECOND);
    await window.command('Inference: Insert Below');
    await undone(SECOND);
    check('the verdicts are commands of the palette, too', true);

    await summarize(endless('and'));
    const request = await backend.until(({ body, ended }) => body?.stream && !ended);
    await window.waitText(/and0 and1/, { group: 1 });
    await tab.click();
    await shot('an endless one');
    await window.titleButton('Discard').click();
    await tab.waitFor({ state: 'detached' });
    await until(() => request.ended === 'cut', 'cut stream');
    await window.idle();
    check('Discard stops the model and closes the preview; the status is idle', (await results(' and0 and1')) === 0);

    await summarize({ pieces: words(FIRST), every: 10 });
    await whole(FIRST);
    await window.command('Inference: Discard');
    await tab.waitFor({ state: 'detached' });
    check('no error was shown', (await window.errors()) === 0);
  });
  await backend.close();
}
