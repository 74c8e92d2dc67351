// Runs mocha inside a real extension host.
//
// Knows how VS Code is told to run tests and how it tells their end. Knows no test.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launchBrowser, startVSCode } from './editor.mjs';
import { counts, printer } from './ui/scenario.mjs';
import { HOSTILE_SETTINGS, writeWorkspace } from './workspace.mjs';

const LIMIT = 180_000;

/** Run the tests of `host/` on an unpacked extension; whether all passed. */
export async function hostTests({ version, extension }) {
  const { print, flush } = printer();
  print(`\nextension host, ${version}`);
  const workspace = writeWorkspace(fs.mkdtempSync(path.join(os.tmpdir(), 'workspace-')), {
    '.vscode/settings.json': JSON.stringify(HOSTILE_SETTINGS),
  });
  const editor = await startVSCode({ version, workspace, forHostTests: true });
  const browser = await launchBrowser();
  const page = await (await browser.newContext()).newPage();
  const end = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
  await page.exposeFunction('codeAutomationLog', (_type, args) => heard(print, args));
  const payload = [
    ['extensionDevelopmentPath', editor.remote(extension)],
    ['extensionTestsPath', editor.remote(path.join(import.meta.dirname, 'host/index.cjs'))],
    ['skipWelcome', 'true'],
  ];
  await page.goto(`${editor.url}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
  let limit;
  const over = new Promise((resolve) => {
    limit = setTimeout(resolve, LIMIT, `not at their end after ${LIMIT / 1000} s`);
  });
  const before = counts.failed;
  const code = await Promise.race([end, over]);
  clearTimeout(limit);
  if (code !== 0 && counts.failed === before) {
    counts.failed++;
    print(`NOT OK the tests in the extension host: ${code}`);
  }
  await browser.close();
  await editor.stop();
  fs.rmSync(workspace, { recursive: true, force: true });
  flush();
  return code === 0;
}

/** What the tests say stands among what VS Code says. */
function heard(print, [first, ...rest]) {
  const said = /^T\| ?(.*)$/s.exec([first, ...rest].join(' '))?.[1];
  if (said === undefined) {
    if (process.env.VERBOSE) console.log(first, ...rest);
    return;
  }
  if (said.startsWith('ok ')) counts.passed++;
  else if (said.startsWith('not ok ')) counts.failed++;
  print(`         ${said}`);
}
