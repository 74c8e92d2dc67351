// Bad weather on the wire and in the text: a refused token, a revoked one, a text that is closed while it is worked on, five
// megabytes, a backend that fails, a backend that is gone.

import { endless, startBackend } from '../backend.mjs';
import { scenario } from './scenario.mjs';

const LINE = 'The tower is repainted every seven years, which takes sixty tonnes of paint. Visitors come in summer.\n';

export async function weather(options) {
  const backend = await startBackend();
  const files = { 'big.txt': LINE.repeat(50_000), 'other.md': '# Other\n\nLong long ago\n' };
  const settings = { 'inference.target': 'openai', 'inference.url': backend.url };
  await scenario('weather', { ...options, files, settings }, async (story) => {
    const { window, page, check, shot, see, until, ready } = story;
    const idle = async () => {
      await window.idle();
      return (await window.status('Complete').count()) === 0;
    };
    const setToken = async (token) => {
      await page.locator('.quick-input-widget input[type="password"]').fill(token);
      await page.keyboard.press('Enter');
    };
    await window.openFile('other.md');
    await ready();

    backend.script = { pieces: [], every: 0, status: 401 };
    await window.goto(3, 14);
    await window.command('Inference: Complete');
    const refused = await see('token refused', window.toast('401'));
    check(
      'a refused token is said, with the host and a remedy',
      /127\.0\.0\.1/.test(refused) && /Set token/.test(refused),
    );
    await window.warning().waitFor();
    await window.status('Inference').click();
    await page.locator('.quick-input-widget', { hasText: 'Set a token for' }).waitFor();
    check('the status carries a warning and leads to setting another', true);
    await page.keyboard.press('Escape');
    backend.script = { pieces: [' there was'], every: 0 };
    await window.button('401', 'Set token').click();
    await setToken('another-token');
    await backend.until(({ headers }) => headers.authorization === 'Bearer another-token');
    await window.waitText(/Long long ago there was/);
    check('its button asks for a token and tries again with it', true);
    await window.warning().waitFor({ state: 'detached' });
    check('the status has no warning any more', true);
    await window.clearMessages();

    backend.script = { pieces: [], every: 0, status: 403 };
    await window.command('Inference: Complete');
    const revoked = await see('token revoked', window.toast('403'));
    check('a token that worked and is revoked is said to be refused', /Set token/.test(revoked));
    backend.script = { pieces: [' a king'], every: 0 };
    await window.button('403', 'Set token').click();
    await setToken('a-third-token');
    await window.waitText(/Long long ago there was a king/);
    check('and another one is taken at once', true);
    await window.focused();
    await page.keyboard.press('Control+S');
    await window.clearMessages();

    backend.script = endless('and');
    await window.openFile('other.md');
    await window.command('Inference: Complete');
    const request = await backend.until(({ body, ended }) => body?.stream && !ended);
    await window.status('Complete').waitFor();
    await window.command('View: Close Editor');
    await until(() => request.ended === 'cut', 'cut stream');
    check('closing the text stops its work, and the status is not busy', await idle());
    await window.toast('Complete').waitFor({ state: 'detached' });
    check(
      'its progress goes away, and nothing is said of it',
      (await page.locator('.notification-toast').count()) === 0,
    );

    backend.script = { pieces: ['A tower, repainted.'], every: 0 };
    await window.openFile('big.txt');
    await window.selectLine(25_000);
    await window.command('Inference: Summarize');
    await window.waitText(/A tower, repainted\./, { timeout: 20_000 });
    await shot('five megabytes');
    check('in a text of five megabytes a line is summarized', true);
    check('no more than the selection was sent', JSON.stringify(backend.requests.at(-1).body).length < 2000);
    await window.focused();
    await page.keyboard.press('Control+Z');
    await window.clearMessages();

    await window.openFile('other.md');
    await window.goto(3);
    await page.keyboard.press('End');
    backend.script = { pieces: [], every: 0, status: 500 };
    await window.command('Inference: Complete');
    const failing = await see('backend fails', window.toast('500'));
    check('a failing backend is said in a sentence', /127\.0\.0\.1/.test(failing) && !/Traceback|Error:/.test(failing));
    check('and the status is not busy', await idle());
    await window.clearMessages();

    await backend.close();
    await window.command('Inference: Complete');
    await see('backend down, asking again', window.toast('Asking again'));
    await page.locator('.notification-toast .codicon-error').first().waitFor({ timeout: 40_000 });
    await see('backend down', window.toast('cannot connect'));
    check('a backend that is gone is said in a sentence', true);
    check('and the status is not busy', await idle());
    await window.clearMessages();
    await window.goto(3);
    await page.keyboard.press('End');
    await page.keyboard.type(' e');
    await page.waitForTimeout(1000);
    check('ghost text that cannot come is silence', (await page.locator('.notification-toast').count()) === 0);
  });
}
