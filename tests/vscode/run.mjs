// Runs the tests in real VS Codes: node run.mjs VSIX UNPACKED_EXTENSION [oldest|newest [STORY…]]
//
// Knows the order, the whole run's limit, and how it ends: a table of figures, where the pictures are, and the counts.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hostTests } from './host-tests.mjs';
import { commands } from './ui/commands.mjs';
import { embedded } from './ui/embedded.mjs';
import { crashes, python } from './ui/failures.mjs';
import { fresh } from './ui/fresh.mjs';
import { ghost } from './ui/ghost.mjs';
import { hostile, restricted } from './ui/hostile.mjs';
import { menus } from './ui/menus.mjs';
import { preview } from './ui/preview.mjs';
import { remote } from './ui/remote.mjs';
import { counts, figures, SHOTS } from './ui/scenario.mjs';
import { weather } from './ui/weather.mjs';
import { windows } from './ui/windows.mjs';
import { unusedCommands } from './workbench.mjs';

const STORIES = {
  fresh,
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
/** Milliseconds; the stories have limits of their own, so this is only reached if many of them hang. */
const LIMIT = 14 * 60_000;

const [vsix, extension, chosenVersion, ...chosen] = process.argv.slice(2);
const begun = Date.now();
// What a run leaves behind lies in one place: the homes, the folders, the browser's profiles.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-tests-'));
process.env.TMPDIR = folder;
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
setTimeout(() => finish(`the run is not at its end after ${LIMIT / 60_000} minutes`), LIMIT).unref();

if (!chosenVersion) fs.rmSync(SHOTS, { recursive: true, force: true });
for (const version of chosenVersion ? [chosenVersion] : ['oldest', 'newest']) {
  if (!chosen.length || chosen.includes('host')) await hostTests({ version, extension });
  const names = chosen.length ? chosen.filter((name) => name !== 'host') : Object.keys(STORIES);
  for (const name of names) await STORIES[name]({ version, vsix });
}
if (!chosenVersion) {
  const { contributes } = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8'));
  const unused = unusedCommands(contributes);
  counts[unused.length ? 'failed' : 'passed']++;
  console.log(`\n${unused.length ? 'NOT OK' : 'ok'} every command of the palette was run ${unused.join(', ')}`);
}
finish();

function finish(trouble) {
  if (trouble) {
    counts.failed++;
    console.log(`\nNOT OK ${trouble}`);
  }
  console.log(`\n${table([...figures, { version: '', what: 'size of the .vsix', value: size(vsix) }])}`);
  console.log(`\npictures: ${path.relative(process.cwd(), SHOTS)}`);
  console.log(`VS Code: ${Math.round((Date.now() - begun) / 1000)} s`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exit(counts.failed ? 1 : 0);
}

function table(rows) {
  const whats = [...new Set(rows.map(({ what }) => what))];
  const of = (what, version) =>
    rows.filter((row) => row.what === what && row.version === version).map((row) => row.value);
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
