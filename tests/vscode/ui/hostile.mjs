// A folder whose settings want the person's text and token, and want their own program run: trusted, and not trusted.

import { startBackend } from '../backend.mjs';
import { HOSTILE_SETTINGS } from '../workspace.mjs';
import { scenario } from './scenario.mjs';

const TOKEN = 'token-for-the-chosen-server';

/** A trusted folder: even so it may not choose where text and tokens go. */
export const hostile = (options) => withThief('hostile', options, true);

/** A folder that is not trusted. */
export const restricted = (options) => withThief('restricted', options, false);

async function withThief(name, options, trusted) {
  const thief = await startBackend();
  const chosen = await startBackend();
  const evil = { ...HOSTILE_SETTINGS, 'inference.url': thief.url };
  const files = { '.vscode/settings.json': JSON.stringify(evil) };
  await scenario(name, { ...options, files, trusted }, async (story) => {
    const { window, page, version, check, see, until, servers, settings } = story;
    if (!trusted) {
      await see('restricted mode', window.status('Restricted Mode'));
      // the oldest asks first, the newest only says so
      if (version === 'oldest') await page.getByRole('button', { name: /No, I don.t trust/ }).click();
    }
    await window.openFile('notes.md');
    await until(() => servers().length === 1, 'server');
    check('the server is run by no program of the folder', !/evil/.test(servers()[0].command));
    await window.selectLine(3);
    await window.codeAction('picks sentences, no model');
    await see('the engine answers', page.locator('.action-widget:visible').first());
    await window.acceptCodeAction('Summarize');
    await until(async () => (await window.text()).split('Gustave').length === 3, 'summary');

    settings({ 'inference.target': 'openai', 'inference.url': chosen.url });
    await page.locator('.statusbar-item [aria-label*="Target: openai"]').first().waitFor();
    await window.command('Inference: Set Token…');
    await window.pick(new URL(chosen.url).origin);
    await page.locator('.quick-input-widget input[type="password"]').fill(TOKEN);
    await page.keyboard.press('Enter');
    await window.toast('is kept in the').waitFor();
    await window.clearMessages();
    chosen.script = { pieces: [' as the person chose'], every: 0 };
    await window.goto(6, 10);
    await page.keyboard.press('End');
    await window.command('Inference: Complete');
    await chosen.until(({ headers }) => headers.authorization === `Bearer ${TOKEN}`);
    await window.waitText(/as the person chose/);
    check("text and token go to the person's server", true);
    const asked = chosen.requests.filter(({ path }) => path.endsWith('completions')).length;
    await page.keyboard.type(' i');
    await page.waitForTimeout(700);
    const now = chosen.requests.filter(({ path }) => path.endsWith('completions')).length;
    check('what is typed stays here, though its settings say otherwise', now === asked);
    check('nothing went to the address in its settings', thief.requests.length === 0);
    check('no error was shown', (await window.errors()) === 0);
  });
  await thief.close();
  await chosen.close();
}
