// The first minute on a machine that has never seen us: install the .vsix, open a Markdown file, select, summarize.

import { scenario } from './scenario.mjs';

/** No setting at all, an empty home, the Python that the machine has. What VS Code asks of everybody is answered. */
export const fresh = (options) =>
  scenario('fresh', { ...options, settings: null, trusted: false }, async (story) => {
    const { window, page, check, shot, see, figure, until, ready, log } = story;
    const trust = page.getByRole('button', { name: /^Yes, I trust/ });
    if (options.version === 'oldest') await trust.click(); // the newest opens the folder in Restricted Mode and says so
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'notes.md' }).dblclick();
    await page.locator('.tab.active[data-resource-name="notes.md"]').waitFor();
    await window.focused();
    await window.selectLine(3);
    await window.codeAction('Summarize');
    await shot('light bulb');
    await window.acceptCodeAction('Summarize');
    await until(async () => (await window.text()).split('Gustave').length === 3, 'summary');
    await shot('summarized');
    check('install, open, select, summarize: no other step', true);
    await page.keyboard.press('Control+Z');
    await until(async () => (await window.text()).split('Gustave').length === 2, 'undo');
    check('one undo takes it back', true);
    check('it is the Python of the machine that runs it', /Python 3\.\d+\.\d+: \S+ \(PATH\)/.test(log()));
    figure('activation: Python found, server answering', `${await ready()} ms`);
    const messages = await page.locator('.notification-toast', { hasText: 'Inference' }).allInnerTexts();
    const unasked = messages.filter((words) => !words.includes('Summarize')); // its progress, on a slow machine
    check('nothing was shown that nobody asked for', unasked.length === 0);

    await window.command('Welcome: Open Walkthrough...');
    await window.pick('The first minute with Inference');
    await page.locator('.getting-started-step', { hasText: 'Bring a model' }).first().waitFor();
    const words = await see(
      'walkthrough',
      page.locator('.gettingStartedContainer .gettingStartedDetailsContent').first(),
    );
    const steps = [
      'Summarize a passage',
      'See what a passage is about',
      'Let the line complete itself',
      'Bring a model',
    ];
    check(
      'the walkthrough has its four steps',
      steps.every((step) => words.includes(step)),
    );
  });
