// A model on the other side of a wire: ghost text that grows, credentials, cancelling, failures.

import { startBackend } from '../backend.mjs';
import { scenario } from './scenario.mjs';

const WORDS =
  ' the quick brown fox jumps over the lazy dog. It then went home\nand slept for a long while\nuntil the sun came up again and all the birds sang in the trees';
const TOKEN = 'planted-credential-of-this-backend';

export async function remote(options) {
  const backend = await startBackend();
  const pieces = WORDS.split(/(?= )/);
  const settings = {
    'inference.target': 'openai',
    'inference.url': backend.url,
    'inference.automatic.remote': true,
    'inference.models': { 'text-generation': 'a-model' },
  };
  const files = { 'story.md': '# Story\n\nOnce upon a tim\n', 'other.md': '# Other\n\nLong long ag\n' };
  const good = await scenario('remote', { ...options, files, settings }, async (story) => {
    const { window, page, check, shot, say, until, log, version } = story;
    await window.openFile('story.md');
    await until(() => /ready after/.test(log()), 'server');

    backend.script = { pieces, every: 100 };
    await window.goto(3, 16);
    await window.watchGhost();
    await page.keyboard.type('e');
    await window.ghost('fox').waitFor();
    await shot('ghost text grows');
    await until(() => backend.requests.some(({ ended }) => ended === 'whole'), 'end of the stream');
    await window.ghost('in the trees').waitFor();
    await shot('ghost text grown');
    const { frames, empty, growths, shrinks } = await window.ghostFrames();
    say(`# ghost text in ${frames} frames: ${empty} empty, ${growths} growths, ${shrinks} shrinks`);
    if (version === 'newest')
      check('ghost text grows without an empty frame, and never shrinks', !empty && !shrinks && growths >= 10);
    else check('ghost text grows with few empty frames', empty <= frames / 10 && growths >= 4);
    check('growth costs no second request', backend.requests.length === 1);
    await page.keyboard.press('Tab');
    await window.waitText(/all the birds sang in the trees/);
    await page.keyboard.press('Control+Z');
    await window.waitText(/Once upon a time$/m);
    check('Tab takes all of it, as one step', true);

    await window.openFile('other.md');
    await window.goto(3, 13);
    await page.keyboard.type('o');
    await window.ghost('quick').waitFor();
    await page.keyboard.press('Escape');
    await window.ghost().waitFor({ state: 'detached' });
    await window.watchGhost();
    await page.waitForTimeout(1000);
    check(
      'what Escape dismissed does not come back though the model writes on',
      (await window.ghostFrames()).frames === 0,
    );

    await window.command('Inference: Set Token…');
    await window.pick(new URL(backend.url).origin);
    await page.locator('.quick-input-widget input[type="password"]').fill(TOKEN);
    await page.keyboard.press('Enter');
    await window.toast('is kept in the').waitFor();
    await window.command('Notifications: Clear All Notifications');
    backend.script = { pieces: [' and on'], every: 50, endless: true };
    await window.openFile('notes.md');
    await window.goto(3, 1);
    await page.keyboard.press('End');
    const before = backend.requests.length;
    await window.command('Inference: Complete');
    const request = await backend.until((one) => backend.requests.indexOf(one) >= before && one.body?.stream);
    await window.toast('Complete').waitFor();
    await window.status('Complete').waitFor();
    await shot('long work with a cancel button');
    check('a token kept for this address goes to it', request.headers.authorization === `Bearer ${TOKEN}`);
    await page
      .locator('.notification-toast a.monaco-button, .notification-toast .monaco-text-button', { hasText: 'Cancel' })
      .first()
      .click();
    await until(() => request.ended === 'cut', 'cut stream');
    await window.status('Inference').waitFor();
    check('Cancel in the notification closes the stream, and the status is idle', true);

    await window.command('Inference: Complete');
    const second = await backend.until((one) => one !== request && one.body?.stream && one.ended === undefined);
    await window.status('Complete').waitFor();
    await window.status('Complete').click();
    await until(() => second.ended === 'cut', 'cut stream');
    await window.status('Inference').waitFor();
    check('a click on the status cancels, too', true);

    await window.command('Inference: Choose Model…');
    await window.pick('text-generation');
    await window.pick('another-model');
    backend.script = { pieces: [' and on.'], every: 0 };
    await window.status('another-model answers text-generation').waitFor();
    await window.command('Inference: Complete');
    await backend.until(({ body }) => body?.model === 'another-model');
    await window.waitText(/and on\./);
    check('a model is chosen from those that the target serves, and answers', true);

    backend.script = { pieces: [], every: 0, status: 500 };
    await window.command('Inference: Complete');
    await page.locator('.notification-toast', { hasText: '500' }).first().waitFor({ timeout: 30_000 });
    await shot('backend fails');
    await window.status('Inference').waitFor();
    check(
      'a failing backend is said in a sentence, and the status is not busy',
      !(await window.status('Complete').count()),
    );
    check('the token is in no log', !log().includes(TOKEN));
    check('the token is in no argument', !story.servers()[0].command.includes(TOKEN));
  });
  await backend.close();
  return good;
}
