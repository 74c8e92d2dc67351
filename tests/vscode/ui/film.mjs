// Takes the README's animation and its picture anew, from real windows: scripts/test-vscode newest film
//
// Not a test, and no part of a run: it writes vscode-extension/media.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startBackend } from '../backend.mjs';
import { writeGif } from '../gif.mjs';
import { PASSAGE } from '../workspace.mjs';
import { scenario } from './scenario.mjs';

const MEDIA = path.join(import.meta.dirname, '../../../vscode-extension/media');
const SIZE = { width: 960, height: 540 };
/** Milliseconds between two frames, at the least. */
const FRAME = 90;

const GHOST =
  ' are few, and the view from the upper platform is all yours.\nTake the stairs to the second floor if you can: there are 674 steps,\nand each of them shows you a little more of the river.';
const SUMMARY =
  ' The tower, built by Gustave Eiffel in 1889, was the tallest structure for forty-one years. Write before 2026-12-01 to visit.';
const words = (text) => text.split(/(?=[ \n])/);

export async function film(options) {
  const backend = await startBackend();
  const settings = {
    'inference.target': 'openai',
    'inference.url': backend.url,
    'inference.automatic.remote': true,
    'inference.edit.apply': 'preview',
    'inference.models': { 'text-generation': 'a-model', summarization: 'a-model' },
    'editor.minimap.enabled': false,
    'editor.fontSize': 15,
    'editor.lineHeight': 24,
    'workbench.activityBar.location': 'hidden',
    'breadcrumbs.enabled': false,
    'window.commandCenter': false,
    'window.title': '${activeEditorShort}',
  };
  const files = { 'visit.md': `# A visit\n\n${PASSAGE}\n\nIn November the visitor\n` };
  await scenario('film', { ...options, files, settings }, async (story) => {
    const { window, page, until, ready, check } = story;
    await page.setViewportSize(SIZE);
    await window.openFile('visit.md');
    await page.keyboard.press('Control+B'); // no side bar
    await ready();
    await window.idle();
    backend.script = { pieces: words(GHOST), every: 110 };
    await window.goto(5, 24);

    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'film-'));
    const frames = [];
    const begun = Date.now();
    let rolling = true;
    const camera = (async () => {
      let last = '';
      while (rolling) {
        const at = Date.now() - begun;
        const picture = await page.screenshot({ caret: 'initial' });
        if (picture.toString('base64') !== last) {
          last = picture.toString('base64');
          const png = path.join(folder, `${String(frames.length).padStart(3, '0')}.png`);
          fs.writeFileSync(png, picture);
          frames.push({ png, at });
        }
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, FRAME - (Date.now() - begun - at))));
      }
    })();

    await page.waitForTimeout(600);
    await page.keyboard.type('s', { delay: 80 });
    await window.waitGhost(/of the river/);
    await page.waitForTimeout(900);
    backend.script = ({ max_tokens: most }) => ({ pieces: most > 48 ? words(SUMMARY) : [], every: 90 });
    await page.keyboard.press('Tab');
    await window.waitWritten(/of the river/);
    await page.waitForTimeout(900);

    await window.selectLine(3);
    await window.codeAction('Summarize');
    await page.waitForTimeout(700);
    await window.acceptCodeAction('Summarize');
    await until(async () => (await window.text(1)).replaceAll(/\s+/g, ' ').includes('to visit.'), 'summary');
    await window.idle();
    await page.locator('.tab', { hasText: 'Summarize.md' }).click();
    await page.waitForTimeout(500);
    await window.titleButton('Apply').hover();
    await page.waitForTimeout(700);
    await window.titleButton('Apply').click();
    await until(async () => /to visit\./.test((await window.text()).replaceAll(/\s+/g, ' ')), 'applied summary');
    await page.mouse.move(5, 5);
    await page.waitForTimeout(1200);
    rolling = false;
    await camera;
    const file = path.join(MEDIA, 'inference.gif');
    writeGif(file, frames, 2500);
    check(`the animation: ${frames.length} frames, ${Math.round(fs.statSync(file).size / 1024)} KB`, true);

    await page.setViewportSize({ width: SIZE.width, height: 680 });
    story.settings({ 'inference.target': 'embedded' });
    await window.selectLine(3);
    await until(async () => !(await window.toast('Summarize').count()), 'quiet');
    await until(async () => {
      const words = await (await window.hoverHere()).innerText();
      if (/2026/.test(words)) return true;
      await page.keyboard.press('Escape'); // the editor has not read its settings yet
      return false;
    }, 'hover');
    await page.waitForTimeout(600); // it fades in
    await page.screenshot({ path: path.join(MEDIA, 'hover.png') });
  });
  await backend.close();
}
