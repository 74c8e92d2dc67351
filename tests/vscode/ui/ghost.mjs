// Ghost text that a model on the other side of a wire is still writing: each frame of it, and what keys do to it.

import { endless, startBackend } from '../backend.mjs';
import { scenario } from './scenario.mjs';

const WORDS =
  ' the quick brown fox jumps over the lazy dog. It then went home\nand slept for a long while\nuntil the sun came up again and all the birds sang in the trees';
const PIECES = WORDS.split(/(?= )/);
const ENDLESS = endless('and');
const SAMPLES = 7;

export async function ghost(options) {
  const backend = await startBackend();
  const settings = {
    'inference.target': 'openai',
    'inference.url': backend.url,
    'inference.automatic.remote': true,
    'inference.models': { 'text-generation': 'a-model' },
  };
  const keybindings = [{ key: 'ctrl+alt+l', command: 'editor.action.inlineSuggest.acceptNextLine' }];
  const names = ['story', 'along', 'taken', ...Array.from({ length: SAMPLES }, (_, index) => `first-${index}`)];
  const files = Object.fromEntries(names.map((name) => [`${name}.md`, `# ${name}\n\nOnce upon a tim\n`]));
  await scenario('ghost', { ...options, files, settings, keybindings }, async (story) => {
    const { window, page, check, shot, figure, until, ready, version } = story;
    /** What was asked about a file. VS Code may ask about the one before, too, after its ghost text was taken. */
    const asked = (name) => backend.requests.filter(({ body }) => body?.prompt?.includes(`# ${name}\n`));
    /** Type the letter that makes a model begin, at the end of the third line of a file; the model's request. */
    const begin = async (name, script) => {
      await window.openFile(`${name}.md`);
      await window.goto(3, 16);
      const before = asked(name).length;
      backend.script = script;
      await page.keyboard.type('e');
      return until(
        () =>
          asked(name)
            .slice(before)
            .find(({ firstAt }) => firstAt),
        'request',
      );
    };
    await window.openFile('story.md');
    await ready();

    await window.watchGhost();
    const grown = await begin('story', { pieces: PIECES, every: 100 });
    await window.ghost('fox').waitFor();
    await shot('it grows');
    await until(() => grown.ended === 'whole', 'end of the stream');
    await window.ghost('in the trees').waitFor();
    await shot('it is whole');
    const { frames, empty, growths, shrinks } = await window.ghostFrames();
    figure('ghost text over three lines', `${frames} frames, ${empty} empty, ${growths} growths, ${shrinks} shrinks`);
    if (version === 'newest')
      check('ghost text grows without an empty frame, and never shrinks', !empty && !shrinks && growths >= 5);
    else check('ghost text grows with few empty frames', empty <= frames / 5 && growths >= 4);
    check('growth costs no second request', asked('story').length === 1);
    await page.keyboard.press('Tab');
    await window.waitWritten(/all the birds sang in the trees/);
    await page.keyboard.press('Control+Z');
    await window.waitWritten(/Once upon a time$/m);
    check('Tab takes all of it, as one step', true);

    await begin('along', { pieces: PIECES, every: 150 });
    await window.ghost('the quick').waitFor();
    await page.keyboard.type(' the qu', { delay: 40 });
    await window.waitGhost(/^ick/);
    await shot('typed along');
    await window.ghost('in the trees').waitFor();
    const typed = /Once upon a time the qu$/m.test(await window.written());
    check('letters that agree use it up while it grows on', typed && /the quick brown/.test(await window.text()));
    check('and ask for no second one', asked('along').length === 1);
    await page.keyboard.press('Escape');

    await begin('taken', { pieces: PIECES, every: 20 });
    await window.ghost('in the trees').waitFor();
    await page.keyboard.press('Control+ArrowRight'); // to where the word begins
    await page.keyboard.press('Control+ArrowRight');
    await window.waitGhost(/^ quick/);
    check('Ctrl+Right takes a word', /^Once upon a time the$/m.test(await window.written()));
    await page.keyboard.press('Control+Alt+L');
    await until(async () => /It then went home$/m.test(await window.written()), 'line');
    await window.ghost('and slept').waitFor();
    await shot('a line was taken');
    check('the key for a line takes a line', !/slept/.test(await window.written()));
    await page.keyboard.press('Tab');
    await window.waitWritten(/all the birds sang in the trees/);
    await window.ghost().waitFor({ state: 'detached' });
    check('Tab takes the rest', true);

    const late = [];
    const stops = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      await window.openFile(`first-${sample}.md`);
      const first = window.firstGhost();
      const request = await begin(`first-${sample}`, ENDLESS);
      late.push((await first) - request.firstAt);
      if (!sample) await shot('an endless one');
      const pressed = Date.now();
      await page.keyboard.press('Escape');
      await until(() => request.ended === 'cut', 'cut stream', 5000);
      stops.push(Date.now() - pressed);
      await window.ghost().waitFor({ state: 'detached' });
      if (sample) continue;
      await window.watchGhost();
      await page.waitForTimeout(700);
      const { frames: again } = await window.ghostFrames();
      check('Esc takes it away, stops the model, and it does not come back', again === 0);
    }
    figure(
      "the server's first token → the first ghost letter is painted",
      `${median(late)} ms (${SAMPLES} times, median)`,
    );
    figure('Esc → the stream is closed', `${median(stops)} ms (median)`);

    const wrong = await begin('first-0', ENDLESS);
    await window.ghost('and3').waitFor();
    await page.keyboard.type('x');
    await until(() => wrong.ended === 'cut', 'cut stream');
    check('other letters end it, too', true);
    check('no error was shown', (await window.errors()) === 0);
  });
  await backend.close();
}

function median(numbers) {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];
}
