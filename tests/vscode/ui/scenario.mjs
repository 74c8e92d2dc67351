// One VS Code, one folder, one story: checks in order, a picture of each moment, and the log if one fails.
//
// Knows how a story begins and ends, that it has an end, and what is counted. Knows no story.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launchBrowser, serversOf, startVSCode } from '../editor.mjs';
import { Workbench } from '../workbench.mjs';
import { writeWorkspace } from '../workspace.mjs';

export const SHOTS = process.env.SHOTS || path.join(import.meta.dirname, '../shots');

/** Milliseconds for one story: several times what it needs on a slow machine. */
const LIMIT = 180_000;

/** What all stories have counted so far. */
export const counts = { passed: 0, failed: 0 };

/** Figures of the run: { version, what, value }. */
export const figures = [];

/** Run a story. `tell` gets everything it needs; whether all its checks held is the answer. `options` are the run's
 * ({ version, vsix }) and what `startVSCode` takes; `files` are put into the folder that is opened. */
export async function scenario(name, { files = {}, ...options }, tell) {
  const begun = Date.now();
  const { print, flush } = printer();
  const say = (line) => print(`${((Date.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  const before = counts.failed;
  const check = (what, holds) => {
    counts[holds ? 'passed' : 'failed']++;
    say(`${holds ? 'ok' : 'NOT OK'} ${what}`);
  };
  print(`\n${name}, ${options.version}`);
  const workspace = writeWorkspace(fs.mkdtempSync(path.join(os.tmpdir(), 'workspace-')), files);
  let editor;
  let browser;
  let story;
  try {
    editor = await startVSCode({ ...options, workspace });
    browser = await launchBrowser();
    story = await storyOf(name, { editor, browser, workspace, version: options.version, say, check });
    await withinLimit(tell(story));
  } catch (error) {
    check(String(error.stack ?? error).slice(0, 1500), false);
    await story?.shot('failed').catch((trouble) => say(`# no picture: ${trouble.message}`));
    print(logOf(editor).slice(-3000));
  }
  await browser?.close();
  await editor?.stop();
  fs.rmSync(workspace, { recursive: true, force: true });
  flush();
  return counts.failed === before;
}

/** What prints lines: at once, or, where another version is told beside this one, together at the end. */
export function printer() {
  const lines = [];
  const print = process.send ? (line) => lines.push(line) : (line) => console.log(line);
  return { print, flush: () => lines.length && process.stdout.write(`${lines.join('\n')}\n`) };
}

async function storyOf(name, { editor, browser, workspace, version, say, check }) {
  const shots = path.join(SHOTS, version);
  fs.mkdirSync(shots, { recursive: true });
  let pictures = 0;
  const shot = async (what, page = window.page) => {
    const file = `${name}-${String(++pictures).padStart(2, '0')}-${what.replaceAll(/\W+/g, '-')}.png`;
    await page.screenshot({ path: path.join(shots, file) });
    return file;
  };
  const open = async () => {
    const opened = await Workbench.open(browser, editor.url);
    opened.page.setDefaultTimeout(20_000);
    return opened;
  };
  const window = await open();
  return {
    version,
    editor,
    window,
    page: window.page,
    workspace,
    /** Another window on the same folder, as of another person: { window, page }. */
    open,
    say,
    shot,
    check,
    figure: (what, value) => {
      figures.push({ version, what, value });
      say(`# ${what}: ${value}`);
    },
    /** Take a picture, and write down what it says at a place of it, for those who read the output only. */
    async see(what, place) {
      await place.waitFor();
      const words = (await place.innerText()).replaceAll(/\s+/g, ' ').trim();
      say(`# seen in ${await shot(what, place.page())}: ${words}`);
      return words;
    },
    servers: () => serversOf(editor),
    /** Change settings of this machine, as a person who edits the file would. */
    settings(values) {
      const now = JSON.parse(fs.readFileSync(editor.settingsFile, 'utf8'));
      fs.writeFileSync(editor.settingsFile, JSON.stringify({ ...now, ...values }));
    },
    log: () => logOf(editor),
    async ready() {
      const [, milliseconds] = await until(() => /ready after (\d+) ms/.exec(logOf(editor)), 'server');
      return Number(milliseconds);
    },
    until,
  };
}

async function until(wanted, what, patience = 20_000) {
  for (const end = Date.now() + patience; ;) {
    const value = await wanted();
    if (value) return value;
    if (Date.now() > end) throw new Error(`no ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function withinLimit(telling) {
  let limit;
  const over = new Promise((_, reject) => {
    limit = setTimeout(() => reject(new Error(`not at its end after ${LIMIT / 1000} s`)), LIMIT);
  });
  return Promise.race([telling, over]).finally(() => clearTimeout(limit));
}

/** What the extension has logged, in every window. */
function logOf(editor) {
  const folder = editor && path.join(editor.data, 'data/logs');
  const names = folder && fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }) : [];
  const own = names.filter((name) => /Inference\.log$/.test(name));
  return own.map((name) => fs.readFileSync(path.join(folder, name), 'utf8')).join('\n');
}

/** The settings of the machine and the user, as they are on disk. */
export function userSettings(editor) {
  return { ...settingsIn(editor.settingsFile), ...settingsIn(path.join(editor.data, 'data/User/settings.json')) };
}

function settingsIn(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return {}; // not there yet, or being written
    throw error;
  }
}
