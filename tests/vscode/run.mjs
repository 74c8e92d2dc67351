// Runs the tests in real VS Codes: node run.mjs VSIX UNPACKED_EXTENSION [oldest|newest [STORY…]]
//
// Knows the order, the limits, and how a run ends: a table of figures, where the pictures are, and the counts. Without a
// version both are tested beside each other, each in a process of its own, since a VS Code mostly waits.

import { fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hostTests } from './host-tests.mjs';
import { commands } from './ui/commands.mjs';
import { embedded } from './ui/embedded.mjs';
import { crashes, python } from './ui/failures.mjs';
import { film } from './ui/film.mjs';
import { fresh } from './ui/fresh.mjs';
import { ghost } from './ui/ghost.mjs';
import { hostile, restricted } from './ui/hostile.mjs';
import { menus } from './ui/menus.mjs';
import { preview } from './ui/preview.mjs';
import { remote } from './ui/remote.mjs';
import { counts, figures, SHOTS } from './ui/scenario.mjs';
import { weather } from './ui/weather.mjs';
import { windows } from './ui/windows.mjs';
import { unusedCommands, used } from './workbench.mjs';

const host = ({ version }) => hostTests({ version, extension });
/** In the order in which they are told. */
const STORIES = {
  fresh,
  host,
  embedded,
  commands,
  menus,
  preview,
  ghost,
  remote,
  weather,
  crashes,
  python,
  windows,
  hostile,
  restricted,
};
/** Told only if they are asked for. */
const OTHERS = { film };
/** Milliseconds; the stories have limits of their own, so this is only reached if many of them hang. */
const LIMIT = 14 * 60_000;

/** Stories that were told once more. */
const retold = [];

const [vsix, extension, version, ...chosen] = process.argv.slice(2);
const begun = Date.now();
if (version) await tellStories();
else await testBoth();

async function tellStories() {
  // What they leave behind lies in one place: the homes, the folders, the browser's profile.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-tests-'));
  process.env.TMPDIR = folder;
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  process.on('SIGTERM', () => process.exit(1)); // the run's limit is over
  for (const name of chosen.length ? chosen : Object.keys(STORIES)) await tellStory(name);
  if (!process.send) finish();
  process.send({ counts, figures, retold, used: [...used] }, () => process.exit(0));
}

/** Tell a story, and once more if not all of it held: a window on a busy machine may miss a key, and what is wrong is
 * wrong twice. What was told twice is named at the end. */
async function tellStory(name, before = { ...counts, figures: figures.length }) {
  try {
    await { ...STORIES, ...OTHERS }[name]({ version, vsix });
  } catch (error) {
    report(`${name}, ${version}: ${error.stack ?? error}`, false);
  }
  if (counts.failed === before.failed || retold.includes(`${name}, ${version}`)) return;
  retold.push(`${name}, ${version}`);
  Object.assign(counts, { passed: before.passed, failed: before.failed });
  figures.length = before.figures;
  await tellStory(name, before);
}

async function testBoth() {
  fs.rmSync(SHOTS, { recursive: true, force: true });
  const children = ['oldest', 'newest'].map((one) => fork(import.meta.filename, [vsix, extension, one]));
  const limit = setTimeout(() => {
    report(`the run is not at its end after ${LIMIT / 60_000} minutes`, false);
    for (const child of children) child.kill();
  }, LIMIT);
  await Promise.all(children.map(endOf));
  clearTimeout(limit);
  const { contributes } = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8'));
  const unused = unusedCommands(contributes);
  report(`every command of the palette was run ${unused.join(', ')}`, unused.length === 0);
  finish();
}

/** Wait for the end of a version's process, and add up what it has counted. */
function endOf(child) {
  return new Promise((resolve) => {
    let told = false;
    child.on('message', (its) => {
      told = true;
      for (const kind of ['passed', 'failed']) counts[kind] += its.counts[kind];
      figures.push(...its.figures);
      retold.push(...its.retold);
      for (const title of its.used) used.add(title);
    });
    child.on('exit', (code, signal) => {
      if (!told) report(`a version's tests ended without their counts: ${signal ?? code}`, false);
      resolve();
    });
  });
}

function report(what, holds) {
  counts[holds ? 'passed' : 'failed']++;
  console.log(`\n${holds ? 'ok' : 'NOT OK'} ${what}`);
}

function finish() {
  console.log(`\n${table([...figures, { version: '', what: 'size of the .vsix', value: size(vsix) }])}`);
  console.log(`\npictures: ${path.relative(process.cwd(), SHOTS)}`);
  if (retold.length) console.log(`told twice, since not all held the first time: ${retold.join('; ')}`);
  console.log(`VS Code: ${Math.round((Date.now() - begun) / 1000)} s`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exit(counts.failed ? 1 : 0);
}

function table(rows) {
  const whats = [...new Set(rows.map(({ what }) => what))];
  const of = (what, one) => rows.filter((row) => row.what === what && row.version === one).map((row) => row.value);
  const lines = whats.map((what) => {
    const common = of(what, '');
    const cells = common.length ? [common.join(', '), ''] : ['oldest', 'newest'].map((one) => of(what, one).join(', '));
    return `| ${what} | ${cells.join(' | ')} |`;
  });
  return ['| figure | VS Code 1.100 | newest VS Code |', '| --- | --- | --- |', ...lines].join('\n');
}

function size(file) {
  return `${(fs.statSync(file).size / 1024 / 1024).toFixed(2)} MB`;
}
