// Bad weather: a server that crashes again and again, no Python, a folder that means harm.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startBackend } from '../backend.mjs';
import { HOSTILE_SETTINGS } from '../workspace.mjs';
import { scenario } from './scenario.mjs';

export const crashes = (options) =>
  scenario('crashes', options, async ({ window, check, shot, until, servers, log }) => {
    await window.openFile('notes.md');
    const times = (words) => log().split(words).length - 1;
    for (let count = 1; count <= 5; count++) {
      await until(() => times('ready after') === count, `start ${count}`);
      process.kill(servers()[0].pid, 'SIGKILL');
    }
    await window.toast('has crashed 5 times').waitFor();
    await shot('given up');
    check('after five crashes it is left stopped', servers().length === 0);
    check('the status carries a warning', (await window.status('Inference').locator('.codicon-warning').count()) === 1);
    await window
      .toast('has crashed 5 times')
      .locator('a.monaco-button, .monaco-text-button', { hasText: 'Restart' })
      .click();
    await until(() => servers().length === 1, 'new server');
    await window.selectLine(3);
    await window.codeAction('Summarize');
    check('Restart starts it again', true);
  });

export const noPython = (options) =>
  scenario('no-python', { ...options, settings: { 'inference.python': '/does/not/exist/python' } }, async (story) => {
    const { window, check, shot, until, servers, settings } = story;
    await window.openFile('notes.md');
    await window.toast('inference.python is /does/not/exist/python, which does not exist').waitFor();
    await shot('no python');
    check(
      'what is wrong and what is needed is said, with a way to mend it',
      (await window.toast('Choose Python…').count()) === 1,
    );
    check('no server runs', servers().length === 0);
    settings({ 'inference.python': '' });
    await until(() => servers().length === 1, 'server');
    await window.selectLine(3);
    await window.codeAction('Summarize');
    check('with the setting mended the server starts by itself', true);
  });

/** A Python that says that it is new enough and then runs nothing: the server dies while it starts. */
export async function broken(options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'python-'));
  const python = path.join(folder, 'python');
  fs.writeFileSync(
    python,
    '#!/bin/sh\ncase "$*" in *platform*) echo 3.12.1;; *) echo "ERROR nothing here works" >&2; exit 3;; esac\n',
    { mode: 0o755 },
  );
  const settings = { 'inference.python': python };
  const good = await scenario(
    'broken',
    { ...options, settings },
    async ({ window, page, check, shot, until, servers, log, settings: change }) => {
      await window.openFile('notes.md');
      await window.toast('did not start').waitFor();
      await shot('did not start');
      check('one message, with a way to the log', (await page.locator('.notification-toast').count()) === 1);
      check('what the server wrote is in the log', log().includes('nothing here works'));
      const ends = () => (log().match(/the server ended: /g) ?? []).length;
      await until(() => ends() > 0, 'word of its end');
      await page.waitForTimeout(1000); // longer than it would wait to start again
      check('it is not started again and again', ends() === 1);
      change({ 'inference.python': '' });
      await until(() => servers().length === 1, 'server');
      await window.selectLine(3);
      await window.codeAction('Summarize');
      check('with another Python the server starts by itself', true);
    },
  );
  fs.rmSync(folder, { recursive: true });
  return good;
}

/** A backend that refuses the token, a text that is closed while it is worked on, a text of five megabytes. */
export async function faults(options) {
  const backend = await startBackend();
  const line =
    'The tower is repainted every seven years, which takes sixty tonnes of paint. Visitors come in summer.\n';
  const files = { 'big.txt': line.repeat(50_000), 'other.md': '# Other\n\nLong long ago\n' };
  const settings = { 'inference.target': 'openai', 'inference.url': backend.url };
  const good = await scenario(
    'faults',
    { ...options, files, settings },
    async ({ window, page, check, shot, until, log }) => {
      await window.openFile('other.md');
      await until(() => /ready after/.test(log()), 'server');
      backend.script = { pieces: [], every: 0, status: 401 };
      await window.goto(3, 14);
      await window.command('Inference: Complete');
      await window.toast('401').waitFor();
      await window.status('Inference').locator('.codicon-warning').waitFor();
      await shot('token refused');
      await window.status('Inference').click();
      await page.locator('.quick-input-widget', { hasText: 'Set a token for' }).waitFor();
      check('a refused token is said, and the status leads to setting another', true);
      await page.keyboard.press('Escape');
      backend.script = { pieces: [' there was'], every: 0 };
      await window.toast('401').locator('a.monaco-button, .monaco-text-button', { hasText: 'Set token' }).click();
      await page.locator('.quick-input-widget input[type="password"]').fill('another-token');
      await page.keyboard.press('Enter');
      await backend.until(({ headers }) => headers.authorization === 'Bearer another-token');
      await window.waitText(/Long long ago there was/);
      check('its button asks for a token and tries again with it', true);
      await window.focused();
      await page.keyboard.press('Control+S');
      await window.command('Notifications: Clear All Notifications');

      backend.script = { pieces: [' and on'], every: 50, endless: true };
      await window.openFile('other.md');
      await window.command('Inference: Complete');
      const request = await backend.until(({ body, ended }) => body?.stream && ended === undefined);
      await window.status('Complete').waitFor();
      await window.command('View: Close Editor');
      await until(() => request.ended === 'cut', 'cut stream');
      await window.status('Inference').waitFor();
      check('closing the text stops its work, and the status is not busy', !(await window.status('Complete').count()));

      backend.script = { pieces: ['A tower, repainted.'], every: 0 };
      await window.openFile('big.txt');
      await window.selectLine(25_000);
      await window.command('Inference: Summarize');
      await window.waitText(/A tower, repainted\./, { timeout: 20_000 });
      await shot('five megabytes');
      check('in a text of five megabytes a line is summarized', true);
      check('no more than the selection was sent', JSON.stringify(backend.requests.at(-1).body).length < 2000);
    },
  );
  await backend.close();
  return good;
}

/** A trusted folder: even so it may not choose where text and tokens go. */
export const hostile = (options) => withThief('hostile', options, true);

/** A folder that is not trusted. */
export const restricted = (options) => withThief('restricted', options, false);

async function withThief(name, options, trusted) {
  const thief = await startBackend();
  const evil = { ...HOSTILE_SETTINGS, 'inference.url': thief.url };
  const files = { '.vscode/settings.json': JSON.stringify(evil) };
  const good = await scenario(name, { ...options, files, trusted }, async (story) => {
    const { window, page, version, check, shot, until, servers } = story;
    if (!trusted) {
      await window.status('Restricted Mode').waitFor();
      // the oldest asks first, the newest only says so
      if (version === 'oldest') await page.getByRole('button', { name: /No, I don.t trust/ }).click();
    }
    await window.openFile('notes.md');
    await until(() => servers().length === 1, 'server');
    check('the server is run by no program of the folder', !/evil/.test(servers()[0].command));
    await window.selectLine(3);
    await window.codeAction('picks sentences, no model');
    await shot('actions');
    await window.acceptCodeAction('Summarize');
    await until(async () => (await window.text()).split('Gustave').length === 3, 'summary');
    await window.goto(6, 10);
    await page.keyboard.press('End');
    await page.keyboard.type('i');
    await page.waitForTimeout(500);
    check('no text went to the address in its settings', thief.requests.length === 0);
    check('no error was shown', (await page.locator('.notification-toast .codicon-error').count()) === 0);
  });
  await thief.close();
  return good;
}
