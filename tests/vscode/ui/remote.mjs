// Long work on a model on the other side of a wire: credentials, progress, cancelling, choosing a model.

import { endless, startBackend } from '../backend.mjs';
import { scenario } from './scenario.mjs';

const TOKEN = 'planted-credential-of-this-backend';

export async function remote(options) {
  const backend = await startBackend();
  const settings = { 'inference.target': 'openai', 'inference.url': backend.url };
  await scenario('remote', { ...options, settings }, async (story) => {
    const { window, page, check, see, until, log, ready, servers } = story;
    await window.openFile('notes.md');
    await ready();
    await window.command('Inference: Set Token…');
    await window.pick(new URL(backend.url).origin);
    await page.locator('.quick-input-widget input[type="password"]').fill(TOKEN);
    await page.keyboard.press('Enter');
    await window.toast('is kept in the').waitFor();
    await window.clearMessages();
    backend.script = endless('and');
    await window.goto(3, 1);
    await page.keyboard.press('End');
    /** Run Complete; its request once it streams, and the status says so. */
    const complete = async () => {
      const before = backend.requests.length;
      await window.command('Inference: Complete');
      const request = await backend.until((one) => backend.requests.indexOf(one) >= before && one.body?.stream);
      await window.status('Complete').waitFor();
      return request;
    };
    const stopped = async (request, what) => {
      await until(() => request.ended === 'cut', 'cut stream');
      await window.idle();
      check(what, (await window.status('Complete').count()) === 0);
    };
    const first = await complete();
    await see('long work', window.toast('Complete'));
    check('a token kept for this address goes to it', first.headers.authorization === `Bearer ${TOKEN}`);
    await window.button('Complete', 'Cancel').click();
    await stopped(first, 'Cancel in the notification closes the stream, and the status is idle');
    const second = await complete();
    await window.status('Complete').click();
    await stopped(second, 'a click on the status cancels, too');
    const third = await complete();
    await window.command('Inference: Cancel What Runs');
    await stopped(third, 'Cancel What Runs cancels, too');

    await window.command('Inference: Choose Model…');
    await see('Choose Model', page.locator('.quick-input-widget'));
    await window.pick('text-generation');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'another-model' }).waitFor();
    await see('the models that the target serves', page.locator('.quick-input-widget'));
    await window.pick('another-model');
    await window.status('another-model answers text-generation').waitFor();
    backend.script = { pieces: [' and on.'], every: 0 };
    await window.command('Inference: Complete');
    await backend.until(({ body }) => body?.model === 'another-model');
    await window.waitText(/and on\./);
    check('a model is chosen from those that the target serves, and answers', true);
    await window.command('Inference: Choose Model…');
    await window.pick('text-generation');
    await window.pick('Another…');
    await page.locator('.quick-input-title', { hasText: 'The model for text-generation' }).waitFor();
    await window.input().fill('typed/by-hand');
    await page.keyboard.press('Enter');
    await window.status('typed/by-hand answers text-generation').waitFor();
    await window.command('Inference: Complete');
    await backend.until(({ body }) => body?.model === 'typed/by-hand');
    check('or typed by hand', true);

    check('the token is in no log', !log().includes(TOKEN));
    check('the token is in no argument', !servers()[0].command.includes(TOKEN));
    check('no error was shown', (await window.errors()) === 0);
  });
  await backend.close();
}
