// Two windows on one folder, both at work: each has a server of its own, and nothing of one is in the other.

import { endless, startBackend } from '../backend.mjs';
import { scenario } from './scenario.mjs';

export async function windows(options) {
  const backend = await startBackend();
  const settings = { 'inference.target': 'openai', 'inference.url': backend.url, 'inference.automatic.remote': true };
  const files = { 'left.md': '# Left\n\nIt is lef\n', 'right.md': '# Right\n\nIt is righ\n' };
  await scenario('windows', { ...options, files, settings }, async (story) => {
    const { window: left, check, see, shot, until, servers, open } = story;
    await left.openFile('left.md');
    const right = await open();
    await right.openFile('right.md');
    await until(() => servers().length === 2, 'two servers');
    for (const one of [left, right]) await one.status('Inference').locator('.codicon-sparkle').waitFor();
    check('each window has a server of its own', true);

    const mine =
      (side) =>
      ({ body, ended }) =>
        body?.stream && !ended && body.prompt.includes(`It is ${side}`);
    backend.script = ({ prompt = '' }) => {
      const side = /It is (left|right)/.exec(prompt)?.[1] ?? 'nobody';
      return endless(`${side}-`);
    };
    for (const [one, letter] of [
      [left, 't'],
      [right, 't'],
    ]) {
      await one.goto(3);
      await one.page.keyboard.press('End');
      await one.page.keyboard.type(letter);
    }
    await left.ghost('left-3').waitFor();
    await right.ghost('right-3').waitFor();
    const grows = async (one) => {
      const before = (await one.ghostText()).length;
      await until(async () => (await one.ghostText()).length > before, 'growth');
    };
    await Promise.all([grows(left), grows(right)]);
    await shot('left');
    await shot('right', right.page);
    const mixed = /right-3/.test(await left.text()) || /left-3/.test(await right.text());
    check('ghost text grows in both at once, each its own', !mixed);
    const [ofLeft, ofRight] = [await backend.until(mine('left')), await backend.until(mine('right'))];
    await left.page.keyboard.press('Escape');
    await until(() => ofLeft.ended === 'cut', 'cut stream');
    await grows(right);
    check('Esc in one leaves the other', !ofRight.ended);
    await right.page.keyboard.press('Escape');

    await left.command('Inference: Complete');
    await right.command('Inference: Complete');
    const [workOfLeft, workOfRight] = [await backend.until(mine('left')), await backend.until(mine('right'))];
    for (const one of [left, right]) await one.status('Complete').waitFor();
    await left.command('Inference: Cancel What Runs');
    await until(() => workOfLeft.ended === 'cut', 'cut stream');
    await left.idle();
    check('what is cancelled in one runs on in the other', !workOfRight.ended);
    await see('right works on', right.toast('Complete'));
    await right.command('Inference: Cancel What Runs');
    await right.idle();

    const before = servers().map(({ pid }) => pid);
    await left.command('Inference: Restart Server');
    await until(() => servers().length === 2 && servers().some(({ pid }) => !before.includes(pid)), 'another server');
    check(
      'a restart in one leaves the server of the other',
      servers().some(({ pid }) => before.includes(pid)),
    );
    backend.script = ({ prompt = '' }) => ({ pieces: [` and so ends ${/It is (\w+)/.exec(prompt)?.[1]}.`], every: 0 });
    for (const [one, side] of [
      [left, 'left'],
      [right, 'right'],
    ]) {
      await one.command('Inference: Complete');
      await one.waitText(new RegExp(`and so ends ${side}\\.`));
      check(`${side}: it still works`, (await one.errors()) === 0);
    }
    await right.page.context().close();
  });
  await backend.close();
}
