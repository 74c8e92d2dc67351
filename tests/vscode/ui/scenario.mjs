// One window, one folder, one story: checks in order, a picture of each, and the log at the end.
//
// Knows how a story begins and ends. Knows no story.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launchBrowser, serversOf, startVSCode } from '../editor.mjs';
import { Workbench } from '../workbench.mjs';
import { writeWorkspace } from '../workspace.mjs';

const SHOTS =
  process.env.SHOTS || path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../shots');

/** Run a story. `tell` gets everything it needs; whether all its checks held is the answer. */
export async function scenario(name, { version, vsix, files = {}, settings = {}, env = {}, trusted = true }, tell) {
  const begun = Date.now();
  const workspace = writeWorkspace(fs.mkdtempSync(path.join(os.tmpdir(), 'workspace-')), files);
  const shots = path.join(SHOTS, version);
  fs.mkdirSync(shots, { recursive: true });
  const editor = await startVSCode({ version, workspace, vsix, settings, env, trusted });
  const browser = await launchBrowser();
  const window = await Workbench.open(browser, editor.url);
  window.page.setDefaultTimeout(20_000);
  let failed = 0;
  let pictures = 0;
  const say = (line) => console.log(`${((Date.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  const shot = async (what) => {
    const file = path.join(shots, `${name}-${String(++pictures).padStart(2, '0')}-${what.replaceAll(/\W+/g, '-')}.png`);
    await window.page.screenshot({ path: file });
  };
  const story = {
    version,
    editor,
    window,
    page: window.page,
    workspace,
    say,
    shot,
    servers: () => serversOf(editor),
    check(what, holds) {
      if (!holds) failed++;
      say(`${holds ? 'ok' : 'NOT OK'} ${what}`);
    },
    settings(values) {
      const now = JSON.parse(fs.readFileSync(editor.settingsFile, 'utf8'));
      fs.writeFileSync(editor.settingsFile, JSON.stringify({ ...now, ...values }));
    },
    log: () => logOf(editor),
    async until(wanted, what, patience = 15_000) {
      for (const end = Date.now() + patience; ;) {
        const value = await wanted();
        if (value) return value;
        if (Date.now() > end) throw new Error(`no ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
  console.log(`\n${name}, ${version}`);
  try {
    await tell(story);
  } catch (error) {
    failed++;
    say(`NOT OK ${String(error.stack ?? error).slice(0, 1200)}`);
    await shot('failed');
    console.log(story.log().slice(-3000));
  }
  await browser.close();
  await editor.stop();
  fs.rmSync(workspace, { recursive: true, force: true });
  return failed === 0;
}

/** What the extension has logged. */
function logOf(editor) {
  const folder = path.join(editor.data, 'data/logs');
  const names = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }) : [];
  const own = names.filter((name) => /Inference\.log$/.test(name));
  return own.map((name) => fs.readFileSync(path.join(folder, name), 'utf8')).join('\n');
}

/** The settings of the machine and the user, as they are on disk. */
export function userSettings(editor) {
  const file = path.join(editor.data, 'data/User/settings.json');
  const browserSide = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '{}';
  return { ...JSON.parse(fs.readFileSync(editor.settingsFile, 'utf8')), ...JSON.parse(browserSide || '{}') };
}
