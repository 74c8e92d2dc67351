// The commands of the palette and the menus: a person's wish, put as the server's commands or as settings.
//
// Knows the editor's selection, pickers and messages. Knows no action by name but `translate`, which is asked a language.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { ExecuteCommandRequest } from 'vscode-languageclient/node';
import { chooseModel } from './models.ts';
import { closePreview, previewedJob } from './preview.ts';
import { APPLY, APPLY_BELOW, COPY, DISCARD, MODELS, RETRY, RUN, type RunAction } from './protocol.ts';
import type { Secrets } from './secrets.ts';
import type { Server } from './server.ts';
import { type SettingsForServer, withoutOwn } from './settings.ts';
import { chooseLanguage } from './translation.ts';

export interface CommandParts {
  server: Server;
  secrets: Secrets;
  log: vscode.LogOutputChannel;
  /** The server's verbs, from the manifest. */
  actions: readonly string[];
  settings: SettingsForServer;
}

/** Register every command that is not the server's own. */
export function registerCommands({ server, secrets, log, actions, settings }: CommandParts): vscode.Disposable {
  const handlers: Record<string, (...args: never[]) => unknown> = {
    'inference.translateTo': async () =>
      (await chooseLanguage(() => settings.nextReading())) && runAction(server, 'translate'),
    'inference.insights': () => vscode.commands.executeCommand('editor.action.showHover'),
    'inference.toggleInline': toggleInline,
    'inference.setToken': (address?: string) => secrets.set(typeof address === 'string' ? address : undefined),
    'inference.clearToken': () => secrets.clear(),
    'inference.switchTarget': switchTarget,
    'inference.chooseModel': () =>
      chooseModel(
        (task) => send(server, MODELS, [{ task }]),
        () => settings.nextReading(),
      ),
    'inference.choosePython': choosePython,
    'inference.restart': () => server.start(),
    'inference.showLog': () => log.show(),
    'inference.doctor': () => doctor(server, log),
    'inference.openSettings': () =>
      vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${EXTENSION}`),
    'inference.menu': showMenu,
  };
  for (const action of actions) handlers[`inference.${action}`] = () => runAction(server, action);
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([command, handler]) => vscode.commands.registerCommand(command, handler)),
  );
}

/** The server's own commands, as the light bulb and a preview's title bar run them. */
export async function executeServerCommand(server: Server, command: string, args: unknown[]): Promise<unknown> {
  const onPreview = PREVIEW_COMMANDS.has(command);
  const job = onPreview ? previewedJob(args[0]) : undefined;
  if (onPreview && !job) {
    void vscode.window.showInformationMessage('There is no preview of a result here.');
    return undefined;
  }
  const answer = await send(server, command, job ? [job] : args.filter((arg) => !(arg instanceof vscode.Uri)));
  if (job && CLOSING_COMMANDS.has(command) && answer !== FAILED) await closePreview(job);
  if (command === COPY && typeof answer === 'string') {
    await vscode.env.clipboard.writeText(answer);
    vscode.window.setStatusBarMessage('Inference: the result is on the clipboard', 3000);
  }
  return answer === FAILED ? undefined : answer;
}

async function runAction(server: Server, action: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const client = server.client;
  if (!editor) {
    void vscode.window.showInformationMessage('Open a text and select some of it first.');
  } else if (!client) {
    explain(server);
  } else {
    const request: RunAction = {
      action,
      uri: client.code2ProtocolConverter.asUri(editor.document.uri),
      range: client.code2ProtocolConverter.asRange(editor.selection),
      version: editor.document.version,
    };
    await send(server, RUN, [request]);
  }
}

/** The server's answer; where it refuses, its sentence is shown, since it says what to do. */
async function send(server: Server, command: string, args: unknown[]): Promise<unknown> {
  const client = server.client;
  if (!client) {
    explain(server);
    return FAILED;
  }
  try {
    return await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
  } catch (error) {
    if (server.client) void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
    return FAILED;
  }
}

/** Why the server does not answer, with what can be done about it. */
function explain(server: Server): void {
  const { state } = server;
  const message =
    state.kind === 'failed'
      ? state.message
      : state.kind === 'stopped'
        ? 'Inference is stopped.'
        : 'Inference is starting; try again in a moment.';
  void offer(message, ['Restart', 'inference.restart'], ['Show Log', 'inference.showLog']);
}

/** A warning with buttons that run commands. */
export async function offer(message: string, ...remedies: [label: string, command: string][]): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(message, ...remedies.map(([label]) => label));
  const remedy = remedies.find(([label]) => label === chosen);
  if (remedy) await vscode.commands.executeCommand(remedy[1]);
}

async function toggleInline(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('inference');
  const on = !settings.get('inline.enabled', true);
  await update('inline.enabled', on);
  vscode.window.setStatusBarMessage(`Inference: inline completions are ${on ? 'on' : 'off'}`, 3000);
}

async function switchTarget(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('inference');
  const current = settings.get('target', '');
  const items = choicesOf('target').map((label) => ({ label, detail: TARGETS[label] ?? '' }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Who answers? Now: ${current}`,
    matchOnDetail: true,
  });
  if (!chosen) return;
  const example = ADDRESSES[chosen.label];
  if (example && !(await askAddress(example))) return;
  if (chosen.label === 'provider') {
    const provider = await vscode.window.showQuickPick(choicesOf('provider'), { title: 'Which provider?' });
    if (!provider) return;
    await settings.update('provider', provider, vscode.ConfigurationTarget.Global);
  }
  await settings.update('target', chosen.label, vscode.ConfigurationTarget.Global);
}

async function askAddress(example: string): Promise<boolean> {
  const settings = vscode.workspace.getConfiguration('inference');
  const url = await vscode.window.showInputBox({
    title: 'Address of the target',
    value: settings.get('url', ''),
    placeHolder: example,
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^https?:\/\/\S+$/.test(value.trim()) ? undefined : 'An address begins with https:// or http://',
  });
  if (!url) return false;
  await settings.update('url', url.trim(), vscode.ConfigurationTarget.Global);
  return true;
}

/** What a setting may be, by the manifest, which the server writes. */
function choicesOf(name: string): string[] {
  const { contributes } = vscode.extensions.getExtension(EXTENSION)?.packageJSON as Manifest;
  return contributes.configuration.flatMap((section) => section.properties[`inference.${name}`]?.enum ?? []);
}

interface Manifest {
  contributes: { configuration: { properties: Record<string, { enum?: string[] }> }[] };
}

async function choosePython(): Promise<void> {
  const browse = 'Browse…';
  const download = 'Get Python';
  const message = 'Choose the Python, 3.11 or newer, that runs the Inference server. It needs no packages.';
  const chosen = await vscode.window.showInformationMessage(message, browse, download);
  if (chosen === download) await vscode.env.openExternal(vscode.Uri.parse('https://www.python.org/downloads/'));
  if (chosen !== browse) return;
  const [file] = (await vscode.window.showOpenDialog({ title: 'Python, 3.11 or newer', openLabel: 'Use' })) ?? [];
  if (file)
    await vscode.workspace
      .getConfiguration('inference')
      .update('python', file.fsPath, vscode.ConfigurationTarget.Global);
}

/** The server's own report on the settings of this window, into the log. It says where a token was found and never what
 * it is. The settings go by a file that is gone afterwards: arguments can be read by everybody on the machine. */
async function doctor(server: Server, log: vscode.LogOutputChannel): Promise<void> {
  log.show();
  const python = await server.python();
  if (typeof python === 'string') {
    log.appendLine(python);
    return;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'inference-'));
  try {
    const file = path.join(folder, 'settings.json');
    const settings = withoutOwn(vscode.workspace.getConfiguration().get('inference'));
    await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
    const args = server.command(python, 'doctor', '--settings', file);
    const options = { timeout: 60_000, windowsHide: true, cwd: folder };
    log.appendLine(
      await new Promise<string>((resolve) => {
        execFile(python.program, args, options, (_error, stdout, stderr) => resolve(stdout + stderr));
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function showMenu(): Promise<void> {
  const chosen = await vscode.window.showQuickPick(MENU, { title: 'Inference' });
  if (chosen) await vscode.commands.executeCommand(chosen.command);
}

/** A setting is changed where it is set already, else for the user. */
async function update(name: string, value: unknown): Promise<void> {
  const settings = vscode.workspace.getConfiguration('inference');
  const inWorkspace = settings.inspect(name)?.workspaceValue !== undefined;
  await settings.update(
    name,
    value,
    inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}

const EXTENSION = 'inference-lsp.inference-lsp';
const FAILED = Symbol('failed');
const PREVIEW_COMMANDS: ReadonlySet<string> = new Set([APPLY, APPLY_BELOW, DISCARD, RETRY, COPY]);
const CLOSING_COMMANDS: ReadonlySet<string> = new Set([APPLY, APPLY_BELOW, DISCARD, RETRY]);

const TARGETS: Record<string, string> = {
  auto: 'Hugging Face if there is a token for it, else this machine',
  embedded: 'This machine, offline, without a model',
  hub: 'The Hugging Face router, with your token',
  endpoint: 'One address: a dedicated endpoint, TGI, TEI',
  openai: 'An OpenAI-compatible server: vLLM, llama.cpp, Ollama',
  provider: 'One inference provider',
};
const ADDRESSES: Record<string, string> = {
  endpoint: 'https://example.endpoints.huggingface.cloud',
  openai: 'http://127.0.0.1:11434/v1',
};

const MENU = [
  { label: '$(server) Switch target…', command: 'inference.switchTarget' },
  { label: '$(symbol-misc) Choose a model…', command: 'inference.chooseModel' },
  { label: '$(globe) Translate to…', command: 'inference.translateTo' },
  { label: '$(lightbulb-sparkle) Turn inline completions on or off', command: 'inference.toggleInline' },
  { label: '$(key) Set a token…', command: 'inference.setToken' },
  { label: '$(pulse) Run the doctor', command: 'inference.doctor' },
  { label: '$(output) Show the log', command: 'inference.showLog' },
  { label: '$(debug-restart) Restart the server', command: 'inference.restart' },
  { label: '$(gear) Settings', command: 'inference.openSettings' },
];
