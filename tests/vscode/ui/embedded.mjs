// Nothing configured, nothing leaves the machine: the light bulb, hovers on the selection, ghost text, a crash.

import { PASSAGE } from '../workspace.mjs';
import { scenario } from './scenario.mjs';

export const embedded = (options) =>
  scenario('embedded', options, async (story) => {
    const { window, page, check, shot, see, figure, until, servers, log, ready } = story;
    const summaries = (count) => until(async () => (await window.text()).split('Gustave').length === count + 1, 'text');
    await window.openFile('notes.md');
    await window.status('Inference').waitFor();
    await ready();
    const [server] = servers();
    check(
      'one server runs, isolated from the packages of the user',
      servers().length === 1 && / -I -S /.test(server.command),
    );

    await window.selectLine(3);
    await window.codeAction('Summarize');
    await see('light bulb', page.locator('.action-widget:visible').first());
    await window.acceptCodeAction('Summarize');
    await summaries(2);
    const passageStays = (await window.text()).replaceAll('\n', '').includes('Many visitors come in summer.');
    check('a summary goes below the passage, which stays', passageStays);
    await shot('summarized');
    await page.keyboard.press('Control+Z');
    await summaries(1);
    check('one undo takes it back', true);

    await window.select(3, PASSAGE.indexOf('info@') + 1, PASSAGE.indexOf('info@') + 1 + 'info@example.org'.length);
    const hover = await window.hoverHere();
    await until(async () => /16 characters/.test(await hover.innerText()), 'hover');
    const words = await hover.innerText();
    check('a hover explains the selection and not the sentence around it', /EMAIL/.test(words) && !/2026/.test(words));
    await page.keyboard.press('Escape');
    await window.selectLine(3);
    const whole = await window.hoverHere();
    await until(async () => /2026/.test(await whole.innerText()), 'hover of all');
    await page.waitForTimeout(400); // it fades in
    await see('hover', whole);
    await page.locator('.monaco-hover:visible a', { hasText: 'Summarize' }).first().click();
    await summaries(2);
    check('a link in a hover runs an action', true);
    await page.keyboard.press('Escape');
    await window.focused();
    await page.keyboard.press('Control+Z');
    await summaries(1);

    await window.goto(6, 10);
    await page.keyboard.press('Backspace');
    await page.keyboard.type('t');
    await window.ghost('ion returns the answer').waitFor();
    await shot('ghost text');
    await page.keyboard.type('ion', { delay: 60 });
    await window.waitGhost(/^ returns the answer/);
    check('letters that agree use the ghost text up', (await window.written()).endsWith('the function\n'));
    await page.keyboard.press('Control+ArrowRight'); // to where the word begins
    await page.keyboard.press('Control+ArrowRight');
    await window.waitGhost(/^ the answer/);
    check('a key takes a word of it', (await window.written()).endsWith('the function returns\n'));
    await page.keyboard.press('Tab');
    await window.waitWritten(/(the function returns the answer\n){2}/);
    check('Tab takes the rest', true);

    figure('memory of the server in use', `${Math.round(servers()[0].kilobytes / 1024)} MB`);
    process.kill(server.pid, 'SIGKILL');
    await until(() => servers().some(({ pid }) => pid !== server.pid), 'new server');
    await until(() => log().split('ready after').length > 2 && /started again in 250 ms/.test(log()), 'log of it');
    await window.selectLine(3);
    await window.codeAction('Summarize');
    await window.acceptCodeAction('Summarize');
    await summaries(2);
    check('a killed server is started again and answers', true);
    check('no error was shown', (await window.errors()) === 0);
  });
