// A server that cannot run: it crashes again and again, there is no Python, the Python is too old, or is none.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { scenario } from './scenario.mjs';

export const crashes = (options) =>
  scenario('crashes', options, async ({ window, check, see, until, servers, log }) => {
    await window.openFile('notes.md');
    const times = (words) => log().split(words).length - 1;
    for (let count = 1; count <= 5; count++) {
      await until(() => times('ready after') === count, `start ${count}`);
      process.kill(servers()[0].pid, 'SIGKILL');
    }
    await see('given up', window.toast('has crashed 5 times'));
    check('after five crashes it is left stopped', servers().length === 0);
    await window.warning().waitFor();
    check('the status carries a warning', true);
    await window.button('has crashed 5 times', 'Restart').click();
    await until(() => servers().length === 1, 'new server');
    await window.selectLine(3);
    await window.codeAction('Summarize');
    check('Restart starts it again', true);
    await window.warning().waitFor({ state: 'detached' });
    await window.idle();
    check('the status is idle', true);
  });

/** A PATH that holds nothing, then an old Python, then one that only says that it is new. */
export async function python(options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'path-'));
  const program = path.join(folder, 'python3');
  /** A program that is asked for its version as a Python is, and does no more than it says. */
  const put = (version, otherwise) =>
    fs.writeFileSync(program, `#!/bin/sh\ncase "$*" in *platform*) echo ${version};; *) ${otherwise};; esac\n`, {
      mode: 0o755,
    });
  // as if started from a terminal: else it asks a login shell for its own PATH
  await scenario('python', { ...options, env: { PATH: folder, VSCODE_CLI: '1' } }, async (story) => {
    const { window, page, check, see, until, servers, log, settings } = story;
    await window.openFile('notes.md');
    await see('no Python', window.toast('there is no Python'));
    check(
      'with no Python at all it is said what is needed, with a button to choose one',
      (await window.button('there is no', 'Choose Python').count()) === 1,
    );
    await window.warning().waitFor();
    check('no server runs, and the status carries a warning', servers().length === 0);
    await window.button('there is no', 'Choose Python').click();
    await see('what to do', window.toast('Choose the Python, 3.11 or newer'));
    await window.clearMessages();

    put('3.9.2', 'exit 1');
    await window.command('Inference: Restart Server');
    const old = await see('Python too old', window.toast('3.9.2'));
    check('a Python that is too old is said to be that', /needs Python 3\.11 or newer/.test(old));
    await window.clearMessages();
    settings({ 'inference.python': '/does/not/exist/python' });
    await see(
      'chosen Python is missing',
      window.toast('inference.python is /does/not/exist/python, which does not exist'),
    );
    check('a setting that leads nowhere is named', servers().length === 0);
    await window.clearMessages();

    put('3.12.1', 'echo "ERROR nothing here works" >&2; exit 3');
    settings({ 'inference.python': program });
    await see('did not start', window.toast('did not start'));
    check(
      'a server that dies while it starts: one message, with a way to the log',
      (await page.locator('.notification-toast').count()) === 1,
    );
    check('what the server wrote is in the log', log().includes('nothing here works'));
    const ends = () => (log().match(/the server ended: /g) ?? []).length;
    await until(() => ends() > 0, 'word of its end');
    await page.waitForTimeout(1000); // longer than it would wait to start again
    check('it is not started again and again', ends() === 1);
    await window.button('did not start', 'Show Log').click();
    await see('the log', window.output('connection to the server ended'));
    check('the button shows the log', true);

    settings({ 'inference.python': realPython() });
    await until(() => servers().length === 1, 'server');
    await page.keyboard.press('Control+J');
    await window.focused();
    await window.selectLine(3);
    await window.codeAction('Summarize');
    await window.warning().waitFor({ state: 'detached' });
    check('with a Python that works the server starts by itself', true);
  });
  fs.rmSync(folder, { recursive: true });
}

/** A Python of this machine that is new enough: the one that the tests of the server run on. */
function realPython() {
  return fs.realpathSync(path.join(import.meta.dirname, '../../../.venv/bin/python'));
}
