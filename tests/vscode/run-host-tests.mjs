// Runs mocha inside a real extension host: node run-host-tests.mjs oldest|newest EXTENSION_FOLDER
//
// Knows how VS Code is told to run tests and how it tells their end. Knows no test.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launchBrowser, startVSCode } from './editor.mjs';
import { HOSTILE_SETTINGS, writeWorkspace } from './workspace.mjs';

const [version, extension] = process.argv.slice(2);
const begun = Date.now();
const workspace = writeWorkspace(fs.mkdtempSync(path.join(os.tmpdir(), 'workspace-')), {
  '.vscode/settings.json': JSON.stringify(HOSTILE_SETTINGS),
});
const editor = await startVSCode({ version, workspace, forHostTests: true });
const browser = await launchBrowser();
const page = await (await browser.newContext()).newPage();
let ended;
const end = new Promise((resolve) => (ended = resolve));
await page.exposeFunction('codeAutomationExit', (code) => ended(code));
await page.exposeFunction('codeAutomationLog', (_type, args) => {
  if (process.env.VERBOSE || String(args[0]).startsWith('T|')) console.log(args.join(' ').replace(/^T\| ?/, ''));
});
const payload = [
  ['extensionDevelopmentPath', editor.remote(extension)],
  [
    'extensionTestsPath',
    editor.remote(path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), 'host/index.cjs')),
  ],
  ['skipWelcome', 'true'],
];
await page.goto(`${editor.url}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
const code = await Promise.race([
  end,
  new Promise((resolve) => setTimeout(resolve, 120_000, 'no end within two minutes')),
]);
console.log(`extension host, ${version}: exit ${code}, ${((Date.now() - begun) / 1000).toFixed(1)} s`);
await browser.close();
await editor.stop();
fs.rmSync(workspace, { recursive: true, force: true });
process.exit(code === 0 ? 0 : 1);
